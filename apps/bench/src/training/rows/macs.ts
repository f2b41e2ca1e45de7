import { type PlannedStep, planStep } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';
import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { orThrow } from '../../compile-model';
import { armForward, armStep } from '../arm-step';
import { atMost, millions, points, ratio } from '../bar';
import { type Figure, held, noted } from '../figure';
import type { TrainingRow } from '../row';
import { executedMacs, necessaryMacs, total } from '../step-macs';
import { mcunetStep } from './step';

const MOST_EXECUTED = 1.02;
const MOST_INSTRUCTIONS = 2.2;

async function figuresOf(name: string, inference: Graph, step: PlannedStep): Promise<readonly Figure[]> {
  const executed = executedMacs(step.training, step.plan);
  const necessary = necessaryMacs(inference, step.scheme);
  const { stepInstructions = NaN } = await armStep(inference, step);
  const forward = (await armForward(inference, step)) ?? NaN;
  const backward = stepInstructions - forward;
  return [
    held(
      {
        what: `${name}: MACs executed (${millions(total(executed))}) over necessary`,
        bar: atMost(MOST_EXECUTED),
        format: ratio,
      },
      total(executed) / total(necessary),
    ),
    held(
      {
        what: `${name}: instructions per backward MAC (${millions(backward)} for ${millions(executed.backward)})`,
        bar: atMost(MOST_INSTRUCTIONS),
        format: points,
      },
      backward / executed.backward,
    ),
    noted(
      `${name}: instructions per forward MAC (${millions(forward)} for ${millions(executed.forward)})`,
      points(forward / executed.forward),
    ),
  ];
}

export const macs: TrainingRow = {
  name: 'macs',
  summary:
    'multiply-accumulates executed per training step over the necessary ones; instructions for each on Cortex-M4',
  async measure({ note }) {
    const inference = kwsDigitsGraph();
    const whole = orThrow(planStep(inference, KWS_SCHEMES.sparse));
    const streamed = orThrow(planStep(inference, KWS_SCHEMES.sparse, { optimize: 'ram' }));
    const digits = await figuresOf('kws-digits, sparse', inference, whole);
    note('macs: kws-digits measured layer by layer');
    const lean = await figuresOf('the same, by channels and rows', inference, streamed);
    note('macs: kws-digits measured by channels');
    const mcunet = mcunetStep();
    return [...digits, ...lean, ...(await figuresOf('mcunet-5fps, 49kb', mcunet.inference, mcunet.step))];
  },
};
