import { type PlannedStep, planStep } from '#libs/firmware/program';
import { at } from '#libs/base/result';
import { type Graph, tensorBytes, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { mcunetGraph, PUBLISHED_SCHEMES } from '#test/support/mcunetv3';
import { orThrow } from '../../compile-model';
import { armStep } from '../arm-step';
import { atMost, bytes, millions } from '../bar';
import { type Figure, held, notBuilt, noted } from '../figure';
import type { TrainingRow } from '../row';

const MODEL = 'mcunet-5fps';
const SCHEME = '49kb';
const CLASSES = 10;
const SRAM_BYTES = 88_000;
/** Stack and static variables beside the arena, taken off the budget that the planner is given. */
const BESIDE_BYTES = 2_500;
const INSTRUCTIONS = 60e6;

/** The published network with ten classes, its published scheme, planned for few calls within the bar. */
export function mcunetStep(): { readonly inference: Graph; readonly step: PlannedStep } {
  const inference = runPasses(mcunetGraph(MODEL, CLASSES), INFERENCE_PASSES);
  const scheme = PUBLISHED_SCHEMES.find(({ model, name }) => model === MODEL && name === SCHEME);
  if (!scheme) throw new Error(`no scheme ${SCHEME} of ${MODEL}`);
  const budgetBytes = SRAM_BYTES - BESIDE_BYTES;
  const step = orThrow(planStep(inference, scheme, { optimize: 'speed', budgetBytes }));
  return { inference, step };
}

const instructionsOf = (instructions: number | undefined): Figure =>
  held(
    { what: 'instructions of a step', anchor: 'TTE 120.1 M', bar: atMost(INSTRUCTIONS), format: millions },
    instructions ?? NaN,
  );

export const step: TrainingRow = {
  name: 'step',
  summary: `one training step of ${MODEL}, its published ${SCHEME} scheme, ${CLASSES} classes, 128x128x3, batch 1, Cortex-M4 in QEMU`,
  async measure({ note }) {
    const { inference, step: planned } = mcunetStep();
    note(`step: planned ${bytes(planned.plan.peakBytes)}`);
    const arm = await armStep(inference, planned);
    const inputBytes = tensorBytes(tensorOf(inference, at(inference.inputs, 0)));
    return [
      held(
        {
          what: `SRAM with stack (arena ${bytes(arm.measuredBytes)}, stack ${bytes(arm.stackBytes)})`,
          anchor: 'TTE 252,400',
          bar: atMost(SRAM_BYTES),
          format: bytes,
        },
        arm.staticRamBytes + arm.stackBytes,
      ),
      noted('the image, read where the sample store has it', `${bytes(inputBytes)} B`),
      held({ what: 'flash', anchor: 'TTE 665,300', bar: atMost(600_000), format: bytes }, arm.flashBytes),
      instructionsOf(arm.stepInstructions),
      notBuilt('prefix cached: SRAM with stack', '<= 70,000'),
      notBuilt('prefix cached: instructions', '<= 35 M'),
      notBuilt('99 KB scheme, prefix cached: SRAM with stack', '<= 122,000'),
    ];
  },
};
