/** What of the arena a call may change is the plan's to say; programs built with `trace` notice the first byte too many. */
import { at, type Result, unwrap } from '#libs/base/result';
import { generate, type GeneratedModel, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { placeAll, type Plan } from '#libs/firmware/planner';
import { type Build, openEngine, type RunFault, type TargetName } from '#libs/firmware/toolchain';
import type { Op } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { rateOf } from '#libs/model/quant';
import { buildHarness, testWorkshop } from '#test/support/harness';
import { randomInputs } from '#test/support/random-networks';
import { residualNetwork } from '#test/support/tiny-networks';

jest.setTimeout(120_000);

const inference = residualNetwork();
const graph = unwrap(
  trainingGraph(inference, {
    name: 'all',
    biasLayers: 4,
    weightLayers: [0, 1, 2, 3].map((layer) => ({ layer, ratio: 1 })),
  }),
);
const plan = placeAll(graph);
const rates = { weights: rateOf(0.05), bias: rateOf(0.02), head: rateOf(0.1) };

const modelOf = (planned: Plan): GeneratedModel =>
  unwrap(generate({ graph, plan: planned, layout: parameterLayout(inference) }));
const model = modelOf(plan);

/** The model, whose call `call` does one thing more. */
function meddled(call: number, statement: string): GeneratedModel {
  const end = `FL_CALL_DONE(${call});`;
  const files = model.files.map(({ path, text }) => ({
    path,
    text: text.replace(end, `${statement} ${end}`),
  }));
  expect(files).not.toEqual(model.files);
  return { ...model, files };
}

const flip = (byte: number): string => `arena[${byte}] = (uint8_t)(arena[${byte}] ^ 1u);`;

/** A byte that a call must leave alone, as far behind its own as can be. */
function foreignByte(call: number): number {
  const { ranges } = at(model.writes, call);
  const byte = Array.from({ length: plan.peakBytes }, (_, i) => plan.peakBytes - 1 - i).find((i) =>
    ranges.every(([from, to]) => i < from || i >= to),
  );
  if (byte === undefined) throw new Error('the call has the whole arena');
  return byte;
}

const traced = (target: TargetName, candidate: GeneratedModel): Promise<Build> =>
  buildHarness(target, candidate, { trace: true });

async function train(built: Build): Promise<Result<unknown, RunFault>> {
  const inputs = randomInputs(inference, 2, 1);
  const parameters = packParameters(inference);
  const steps = [0, 1, 0].map((input) => ({ input, label: input }));
  const job = { parameters, inputs, steps, seed: 1, rates: [{ firstStep: 0, ...rates }] };
  return openEngine(testWorkshop, built).train(job);
}

const callOf = (kind: Op['kind']): number =>
  plan.schedule.calls.findIndex((call) => call.kind === undefined && graph.ops[call.op]?.kind === kind);

/** Forward, where the loss is made, backward, an update, and what may end the step. */
const KINDS = [
  'depthwiseConv2d',
  'softmaxCrossEntropy',
  'headInputGradient',
  'weightUpdate',
  'scaleGradient',
] as const;

describe.each(['native', 'wasm', 'arm'] as const)(
  'a call that changes a byte of another, on %s',
  (target) => {
    it.each(KINDS)('is named, with the byte: %s', async (kind) => {
      const call = callOf(kind);
      const byte = foreignByte(call);
      const { name } = at(model.writes, call);
      const result = await train(await traced(target, meddled(call, flip(byte))));
      expect(result).toMatchObject({ ok: false, error: { code: 'run.stray-write', call, address: byte } });
      expect(!result.ok && result.error.message).toContain(`call ${call} (${name}) changed byte ${byte} `);
    });
  },
);

it('is found in inference, too', async () => {
  const call = callOf('add');
  const built = await traced('wasm', meddled(call, flip(foreignByte(call))));
  const job = { parameters: packParameters(inference), inputs: randomInputs(inference, 1, 1) };
  const result = await openEngine(testWorkshop, built).forward(job);
  expect(result).toMatchObject({ ok: false, error: { code: 'run.stray-write', call } });
});

it('is found on a board where it writes behind the arena', async () => {
  const call = callOf('conv2d');
  const behind = `((volatile uint8_t *)arena)[${plan.peakBytes}] = 1;`;
  const result = await train(await traced('arm', meddled(call, behind)));
  expect(result).toMatchObject({ ok: false, error: { call, address: plan.peakBytes } });
});

it('does not end a program that is not built to be watched', async () => {
  const call = callOf('add');
  const built = await buildHarness('wasm', meddled(call, flip(foreignByte(call))));
  expect(built.writes).toBeUndefined();
  expect(await train(built)).toMatchObject({ ok: true });
});

/** The plan, as if the scratch of an operator were two bytes shorter than its kernel has it. */
function withShortScratch(op: number): Plan {
  const buffers = plan.buffers.map((buffer) =>
    buffer.kind === 'scratch' && buffer.op === op ? { ...buffer, bytes: buffer.bytes - 2 } : buffer,
  );
  return { ...plan, buffers };
}

describe('a kernel that takes two bytes more scratch than its plan says', () => {
  it.each(['conv2d', 'inputGradient'] as const)('is found: %s', async (kind) => {
    const op = graph.ops.findIndex((each) => each.kind === kind);
    const result = await train(await traced('native', modelOf(withShortScratch(op))));
    expect(result).toMatchObject({ ok: false, error: { code: 'run.stray-write', call: callOf(kind) } });
  });
});

describe('a job', () => {
  const ranges = (list: readonly (readonly [number, number])[]) => [{ name: 'wrong', ranges: list }];

  it.each([
    ['ends beyond the arena', ranges([[0, plan.peakBytes + 1]])],
    ['ends before it begins', ranges([[8, 4]])],
    [
      'does not ascend',
      ranges([
        [8, 12],
        [0, 4],
      ]),
    ],
  ])('is refused where a range %s', async (_, writes) => {
    const built = await traced('wasm', model);
    expect(await train({ ...built, writes })).toMatchObject({ ok: false, error: { code: 'run.bad-job' } });
  });
});
