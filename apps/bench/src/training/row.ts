import type { Figure } from './figure';
import type { TrainingSettings } from './settings';

/** What a row needs of the world. */
export interface RowContext {
  readonly settings: TrainingSettings;
  /** Says how far the work is. */
  readonly note: (text: string) => void;
}

/** One row of the table, which can be run by itself. */
export interface TrainingRow {
  readonly name: string;
  readonly summary: string;
  /** Throws where it can't be measured: the other rows go on. */
  measure(context: RowContext): Promise<readonly Figure[]>;
}
