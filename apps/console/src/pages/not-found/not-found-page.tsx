import { Text } from '@mantine/core';

import { PageHead } from '../../components/shell/page-head';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

export function NotFoundPage() {
  return (
    <>
      <PageHead title="No such page" />
      <Text>
        Nothing is at this address. The <Link to={paths.overview()}>overview</Link> leads everywhere.
      </Text>
    </>
  );
}
