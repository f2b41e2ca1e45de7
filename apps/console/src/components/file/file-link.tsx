import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';

interface FileLinkProps {
  readonly href: string;
  readonly label: string;
  /** What the browser calls the file, where the server does not say. */
  readonly fileName?: string;
  readonly children: ReactNode;
}

/** A plain link that the server answers with a file. */
export function FileLink({ href, label, fileName = '', children }: FileLinkProps) {
  return (
    <Anchor inherit href={href} download={fileName} aria-label={label} title={label}>
      ↓ {children}
    </Anchor>
  );
}
