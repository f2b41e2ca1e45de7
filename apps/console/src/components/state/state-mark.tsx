import { StateGlyph } from './state-glyph';
import styles from './state-mark.module.css';
import type { StateWords } from './states';

/** A state as a glyph and a word; what it means is its title. */
export function StateMark({ state }: { readonly state: StateWords }) {
  return (
    <span className={styles.mark} title={state.meaning}>
      <StateGlyph tone={state.tone} />
      {state.word}
    </span>
  );
}
