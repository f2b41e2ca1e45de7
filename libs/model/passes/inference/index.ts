import type { Pass } from '../pass';
import { dropUnread } from './drop-unread';
import { foldPadding } from './fold-padding';
import { mergeReshapes } from './merge-reshapes';
import { movesToReshape } from './moves-to-reshape';
import { stripFloatBoundary } from './strip-float-boundary';

/** What every imported graph goes through before it is planned, trained or run; the order counts. */
export const INFERENCE_PASSES: readonly Pass[] = [
  stripFloatBoundary,
  movesToReshape,
  mergeReshapes,
  foldPadding,
  dropUnread,
];
