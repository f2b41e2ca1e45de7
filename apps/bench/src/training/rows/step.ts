import { featureBytesOf, type PlannedStep, planStep } from '#libs/firmware/program';
import { at } from '#libs/base/result';
import { type Graph, tensorBytes, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { mcunetGraph, PUBLISHED_SCHEMES } from '#test/support/mcunetv3';
import { orThrow } from '../../compile-model';
import { armStep, type ArmStep } from '../arm-step';
import { atMost, bytes, millions } from '../bar';
import { type Figure, held, noted } from '../figure';
import type { TrainingRow } from '../row';

const MODEL = 'mcunet-5fps';
const SCHEME = '49kb';
const LARGER_SCHEME = '99kb';
const CLASSES = 10;
const SRAM_BYTES = 88_000;
const CACHED_SRAM_BYTES = 70_000;
const LARGER_SRAM_BYTES = 122_000;
/** Stack and static variables beside the arena, taken off the budget that the planner is given. */
const BESIDE_BYTES = 2_000;
const INSTRUCTIONS = 60e6;
const CACHED_INSTRUCTIONS = 35e6;
/** Features lie where samples do. */
const ROOM = { featureBytes: Infinity };

interface McunetStep {
  readonly inference: Graph;
  readonly step: PlannedStep;
}

/** The published network with ten classes, a published scheme, planned for few calls within a bar. */
function plannedWithin(name: string, sramBytes: number, cache?: typeof ROOM): McunetStep {
  const inference = runPasses(mcunetGraph(MODEL, CLASSES), INFERENCE_PASSES);
  const scheme = PUBLISHED_SCHEMES.find((each) => each.model === MODEL && each.name === name);
  if (!scheme) throw new Error(`no scheme ${name} of ${MODEL}`);
  const budgetBytes = sramBytes - BESIDE_BYTES;
  const step = orThrow(planStep(inference, scheme, { optimize: 'speed', budgetBytes, cache }));
  return { inference, step };
}

/** The step of its 49 KB scheme, the whole network in it. */
export const mcunetStep = (): McunetStep => plannedWithin(SCHEME, SRAM_BYTES);

const instructionsOf = (what: string, most: number, instructions: number | undefined): Figure =>
  held({ what, anchor: 'TTE 120.1 M', bar: atMost(most), format: millions }, instructions ?? NaN);

const sramOf = (arm: ArmStep, what: string, most: number): Figure =>
  held(
    {
      what: `${what} (arena ${bytes(arm.measuredBytes)}, stack ${bytes(arm.stackBytes)})`,
      anchor: 'TTE 252,400',
      bar: atMost(most),
      format: bytes,
    },
    arm.staticRamBytes + arm.stackBytes,
  );

/** The same step, and a larger one, with what stands before the first trained layer computed once a sample. */
async function cachedFigures(): Promise<readonly Figure[]> {
  const { inference, step } = plannedWithin(SCHEME, CACHED_SRAM_BYTES, ROOM);
  const larger = plannedWithin(LARGER_SCHEME, LARGER_SRAM_BYTES, ROOM);
  if (!step.prefix || !larger.step.prefix) throw new Error(`nothing of ${MODEL} is cached`);
  const [arm, largerArm] = [await armStep(inference, step), await armStep(inference, larger.step)];
  return [
    sramOf(arm, 'prefix cached: SRAM with stack', CACHED_SRAM_BYTES),
    noted('features of an image, beside it', `${bytes(featureBytesOf(step.prefix.graph))} B`),
    instructionsOf('prefix cached: instructions', CACHED_INSTRUCTIONS, arm.stepInstructions),
    sramOf(largerArm, '99 KB scheme, prefix cached: SRAM with stack', LARGER_SRAM_BYTES),
  ];
}

export const step: TrainingRow = {
  name: 'step',
  summary: `one training step of ${MODEL}, its published ${SCHEME} scheme, ${CLASSES} classes, 128x128x3, batch 1, Cortex-M4 in QEMU`,
  async measure({ note }) {
    const { inference, step: planned } = mcunetStep();
    note(`step: planned ${bytes(planned.plan.peakBytes)}`);
    const arm = await armStep(inference, planned);
    const inputBytes = tensorBytes(tensorOf(inference, at(inference.inputs, 0)));
    return [
      sramOf(arm, 'SRAM with stack', SRAM_BYTES),
      noted('the image, read where the sample store has it', `${bytes(inputBytes)} B`),
      held({ what: 'flash', anchor: 'TTE 665,300', bar: atMost(600_000), format: bytes }, arm.flashBytes),
      instructionsOf('instructions of a step', INSTRUCTIONS, arm.stepInstructions),
      ...(await cachedFigures()),
    ];
  },
};
