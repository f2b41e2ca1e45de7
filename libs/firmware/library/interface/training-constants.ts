import type { ModelFacts } from '#libs/firmware/codegen';
import { define } from './define';

/** Sizes and names of what a model that trains has learnt. */
export const trainingConstants = (
  { scheme, stateBytes, deltaBytes }: NonNullable<ModelFacts['training']>,
  prefix: string,
): string =>
  [
    define(`${prefix}_SCHEME`, `0x${scheme.toString(16).padStart(8, '0')}u`, 'names what is trained'),
    define(`${prefix}_STATE_BYTES`, `${stateBytes}u`),
    define(`${prefix}_DELTA_BYTES`, `${deltaBytes}u`),
  ].join('\n');
