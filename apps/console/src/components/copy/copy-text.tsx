import { ActionIcon, CopyButton } from '@mantine/core';

import styles from './copy-text.module.css';

interface CopyTextProps {
  readonly value: string;
  /** What is shown of it. */
  readonly shown?: string;
  /** What it is: `SHA-256 of the file`. */
  readonly what: string;
}

/** A text for machines, with a button that copies all of it. */
export function CopyText({ value, shown = value, what }: CopyTextProps) {
  return (
    <span className={styles.copy}>
      <code title={`${what}: ${value}`}>{shown}</code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <ActionIcon
            size="xs"
            variant="subtle"
            color="gray"
            onClick={copy}
            aria-label={copied ? 'Copied' : `Copy ${what}`}
          >
            <Icon isDone={copied} />
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}

function Icon({ isDone }: { readonly isDone: boolean }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width="12"
      height="12"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.2"
    >
      {isDone ? <path d="m2 6.5 3 3 5-7" strokeWidth="1.6" /> : <path d="M4 4h6.5v6.5H4zM8 4V1.5H1.5V8H4" />}
    </svg>
  );
}
