import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import './theme/mantine-styles';
import './theme/tokens.css';

import { App } from './app';
import { createQueryClient } from './queries/polling';
import { cssVariables, theme } from './theme/theme';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has an element with the id "root"');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={createQueryClient()}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
