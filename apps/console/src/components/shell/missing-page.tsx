import { Text } from '@mantine/core';

import { ApiError } from '../../api/api-error';
import type { QueryView } from '../panel/query-view';
import { PageHead } from './page-head';

interface MissingPageProps {
  /** What is missing: `device`. */
  readonly what: string;
  readonly id: string;
  readonly parent: { readonly title: string; readonly to: string };
}

/** The address names something that the server does not have. */
export function MissingPage({ what, id, parent }: MissingPageProps) {
  return (
    <>
      <PageHead title={`No such ${what}`} parent={parent} />
      <Text>
        The server has no {what} {id}: it was removed, or the address is of another server.
      </Text>
    </>
  );
}

export const isMissing = ({ data, error }: QueryView<unknown>): boolean =>
  data === undefined && error instanceof ApiError && error.isNotFound;
