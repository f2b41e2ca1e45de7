import { unwrap } from '#libs/base/result';
import { packParameters, sessionLayout } from '#libs/firmware/codegen';
import { planStep, written } from '#libs/firmware/program';
import { decodeDelta } from '#libs/fleet/delta';
import { deltaLayoutOf } from '#libs/fleet/aggregate';
import { Status, type TrainJob } from '#libs/fleet/protocol';
import type { Dataset } from '#libs/model/dataset';
import type { Graph } from '#libs/model/ir';
import { createSession } from '#libs/model/reference';
import { namedScheme } from '#libs/model/scheme';
import { runSession, type SessionRecord, sessionSchedule } from '#libs/model/session';
import { Artifact } from '#test/support/scripted-server/index';
import { smallInference } from '#test/support/small-model';
import { learnableRows, sessionRows } from '#test/support/training-rows';
import { waitUntil } from '#test/support/wait-until';
import { SECTOR_BYTES } from '../../../apps/fleet/src/flash';
import { WAIT } from './jobs';
import { orderFor } from './order';
import { buildDevice } from './programs';
import { TestFleet } from './test-fleet';

jest.setTimeout(60_000);

const [ADAPT, ITEMS, INPUT_BYTES, CLASSES, FEATURE_BYTES] = [60, 100, 96, 3, 4];
const [SEED, PASSES] = [77, 2];

const inference = smallInference();
const scheme = namedScheme(inference, 'last');
const step = unwrap(planStep(inference, scheme, { cache: { featureBytes: FEATURE_BYTES } }));
const { model } = unwrap(written(inference, step));
const layout = deltaLayoutOf(sessionLayout(step.training).scheme, step.training);
const rows = learnableRows(ITEMS, INPUT_BYTES, CLASSES, 3);
const schedule = sessionSchedule({ weights: 0.1, bias: 0.1, head: 0.1 }, PASSES * ADAPT);

const samples: Dataset = {
  classes: CLASSES,
  itemBytes: INPUT_BYTES,
  adaptCount: ADAPT,
  scale: 1,
  zeroPoint: 0,
  labels: rows.labels,
  elements: rows.elements,
};

const trainJob = (execution: number, artifact: Artifact): TrainJob => ({
  kind: 'train',
  ...orderFor(execution, artifact, {
    layout: model.facts.layout,
    scheme: model.facts.training?.scheme ?? 0,
  }),
  seed: SEED,
  passes: PASSES,
  learningRates: schedule,
});

/** What the whole network learns of the same items, step by step, on the reference. */
const learnt = (graph: Graph): SessionRecord =>
  runSession(createSession(unwrap(planStep(graph, scheme)).training), {
    classes: CLASSES,
    rows: sessionRows(rows, ADAPT),
    plan: { seed: SEED, passes: PASSES, schedule },
  });
const expected = learnt(inference);

/** Another version of the model: the weights of one layer stand the other way round. */
const versionWith = (weights: string): Graph => ({
  ...inference,
  tensors: inference.tensors.map((tensor) =>
    tensor.name === weights && tensor.data ? { ...tensor, data: tensor.data.toReversed() } : tensor,
  ),
});
/** All features are others. */
const otherStem = versionWith('stem.w');
/** Behind the features. */
const otherHead = versionWith('fc.w');

/** The last sectors of the flash: a header, and the rows of 100 items. */
const headerOf = (flash: Uint8Array) => flash.subarray(-2 * SECTOR_BYTES, -SECTOR_BYTES);
const rowsOf = (flash: Uint8Array) => flash.subarray(-SECTOR_BYTES);

describe('a device whose program has a prefix', () => {
  const artifact = new Artifact(5, packParameters(inference));
  const withOtherHead = new Artifact(6, packParameters(otherHead));
  const withOtherStem = new Artifact(7, packParameters(otherStem));
  let program: Uint8Array;
  let fleet: TestFleet;
  let job: TrainJob;
  beforeAll(async () => {
    program = (await buildDevice({ program: 'device', target: 'wasm', model })).binary;
  });
  beforeEach(async () => {
    job = trainJob(1, artifact);
    fleet = await TestFleet.open({
      job: () => (isOver(job.execution) ? WAIT : job),
      artifacts: [artifact, withOtherHead, withOtherStem],
      decodeDelta: (encoded) => {
        const raw = decodeDelta(layout, encoded);
        return raw.ok ? raw.value : undefined;
      },
    });
  });
  afterEach(() => fleet.close());

  const isOver = (execution: number): boolean =>
    fleet.server.deltas.has(execution) || fleet.server.ended.has(execution);
  const over = (execution: number): Promise<void> =>
    waitUntil(`the end of ${execution}`, () => isOver(execution));
  const device = (featureBytes: number) => fleet.add({ samples, featureBytes, program });

  it('learns of features in its flash what it would learn of the items', async () => {
    expect(expected.kept).toBe(true);
    device(FEATURE_BYTES);
    await over(1);
    expect(fleet.server.deltas.get(1)).toEqual(expected.delta);
    expect(fleet.server.distinctResults).toMatchObject([
      {
        kind: 'trained',
        testItems: ITEMS - ADAPT,
        learnedItems: ADAPT,
        rightBefore: expected.before.right,
        rightAfter: expected.after.right,
      },
    ]);
  });

  it('makes them once, as long as the layers are the same that make them', async () => {
    const one = device(FEATURE_BYTES);
    await over(1);
    const sessionOn = async (execution: number, base: Artifact): Promise<Uint8Array | undefined> => {
      job = trainJob(execution, base);
      fleet.server.push(fleet.addressOf(one), job);
      await over(execution);
      return fleet.server.deltas.get(execution);
    };
    rowsOf(one.readFlash()).fill(0); // what lies outside of the device: written again if it makes any
    expect(await sessionOn(2, artifact)).toEqual(expected.delta);
    expect(await sessionOn(3, withOtherHead)).toEqual(learnt(otherHead).delta);
    expect(rowsOf(one.readFlash()).every((byte) => byte === 0)).toBe(true);
    expect(await sessionOn(4, withOtherStem)).toEqual(learnt(otherStem).delta);
    expect(rowsOf(one.readFlash()).every((byte) => byte === 0)).toBe(false);
  });

  it('makes them anew where its power went before they were complete', async () => {
    const one = device(FEATURE_BYTES);
    await over(1);
    await one.kill();
    headerOf(one.readFlash()).fill(0xff);
    rowsOf(one.readFlash()).fill(0x55);
    job = trainJob(2, artifact);
    one.start();
    await over(2);
    expect(fleet.server.deltas.get(2)).toEqual(expected.delta);
  });

  it('says where its flash has no room for them', async () => {
    device(0);
    await over(1);
    expect(fleet.server.distinctResults).toMatchObject([{ kind: 'failed', status: Status.doesNotFit }]);
  });
});
