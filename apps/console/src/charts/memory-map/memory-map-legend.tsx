import { useId } from 'react';

import type { BufferKind } from '../../api/memory-map';
import { kilobytes } from '../../format/numbers';
import { BUFFER_KINDS, KIND_ORDER, kindFill, KindPatterns } from './buffer-kinds';
import styles from './memory-map-chart.module.css';

/** Kinds of buffers with what each takes where the arena is fullest. */
export function MemoryMapLegend({ bytes }: { readonly bytes: Readonly<Record<BufferKind, number>> }) {
  const id = useId();
  return (
    <ul className={styles.legend}>
      {KIND_ORDER.map((kind) => (
        <li key={kind} title={BUFFER_KINDS[kind].meaning}>
          <svg width="16" height="12" aria-hidden="true">
            <KindPatterns id={`${id}${kind}`} />
            <rect width="16" height="12" rx="2" fill={kindFill(`${id}${kind}`, kind)} />
          </svg>
          {BUFFER_KINDS[kind].word} {kilobytes(bytes[kind])} KB
        </li>
      ))}
    </ul>
  );
}
