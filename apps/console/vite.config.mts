import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

const repository = new URL('../../', import.meta.url);
const at = (place: string): string => fileURLToPath(new URL(place, repository));

/**
 * Built by the set-up step `console` (apps/setup/steps/console.mjs) into dist/console, which the server serves at `/`.
 * To work on it: `npx vite apps/console`, with a server (`npm start`) beside it.
 */
export default defineConfig({
  root: at('apps/console'),
  cacheDir: at('node_modules/.fleetlearn/vite'),
  resolve: { alias: [{ find: /^#libs\/(.*)$/, replacement: at('libs/$1/index.ts') }] },
  build: {
    outDir: at('dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    reportCompressedSize: false,
    // Mantine marks every file for React Server Components.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
