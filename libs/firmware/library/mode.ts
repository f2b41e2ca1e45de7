import type { ModelFacts } from '#libs/firmware/codegen';

/** What a library does: the templates of `firmware-templates/library` that are made for it have this in their names. */
export type Mode = 'inference' | 'rows' | 'training';

/** `rows`: inference that asks for its inputs row by row. */
export function modeOf({ training, inputs }: Pick<ModelFacts, 'training' | 'inputs'>): Mode {
  if (training) return 'training';
  return inputs.some(({ rowBytes }) => rowBytes !== undefined) ? 'rows' : 'inference';
}
