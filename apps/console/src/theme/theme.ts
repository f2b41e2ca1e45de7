import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e6f5f6',
  '#cfe9eb',
  '#a1d3d7',
  '#6fbcc3',
  '#47a8b1',
  '#2d9ba5',
  '#1a8c97',
  '#0d6b74',
  '#095a62',
  '#044a51',
];

/** Mantine's own look, dense and with this console's colours (tokens.css). No font is fetched. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 4 },
  colors: { petrol },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '11.5px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '19px', lineHeight: '1.3' },
      h2: { fontSize: '14px', lineHeight: '1.4' },
      h3: { fontSize: '13px', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
});

const colours = {
  '--mantine-color-body': 'var(--fl-page)',
  '--mantine-color-text': 'var(--fl-ink)',
  '--mantine-color-dimmed': 'var(--fl-muted)',
  '--mantine-color-anchor': 'var(--fl-accent)',
  '--mantine-color-default-border': 'var(--fl-line)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: colours, dark: colours });
