import type { Pass } from '../pass';
import { foldPadding } from './fold-padding';

/** What every imported graph goes through before it is planned, trained or run. */
export const INFERENCE_PASSES: readonly Pass[] = [foldPadding];
