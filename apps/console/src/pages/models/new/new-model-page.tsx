import { Paper } from '@mantine/core';

import { PageHead } from '../../../components/shell/page-head';
import { paths } from '../../../router/paths';
import { RegistrationForm } from './registration-form';

const PARENT = { title: 'Models', to: paths.models() };

/** Where a model comes in, with its own head or a new one. */
export function NewModelPage() {
  return (
    <>
      <PageHead title="Register a model" parent={PARENT} />
      <Paper withBorder p="md" maw={560} bg="var(--fl-surface)">
        <RegistrationForm />
      </Paper>
    </>
  );
}
