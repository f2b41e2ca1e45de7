import type { TrainingRow } from '../row';
import { accounting } from './accounting';
import { delta } from './delta';
import { federated } from './federated';
import { gradients } from './gradients';
import { macs } from './macs';
import { fullAndLast, guard, narrow, personalise } from './personalise';
import { shadow } from './shadow';
import { sram } from './sram';
import { step } from './step';

/** The table, from top to bottom. */
export const ROWS: readonly TrainingRow[] = [
  personalise,
  narrow,
  fullAndLast,
  guard,
  federated,
  shadow,
  sram,
  accounting,
  step,
  gradients,
  delta,
  macs,
];
