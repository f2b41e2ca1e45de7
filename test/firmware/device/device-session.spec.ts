import { DEVICE_CODES, MAX_LOSS, Status } from '#libs/fleet/protocol';
import { Artifact } from '#test/support/scripted-server/index';
import { waitUntil } from '#test/support/wait-until';
import {
  evaluateJob,
  expectedBalancedDelta,
  expectedDelta,
  hopelessJob,
  ITEMS,
  PASSES,
  trainJob,
  WAIT,
} from './jobs';
import { decodePerceptronDelta, perceptronItems, perceptronParameters } from './perceptron';
import { devicePrograms, type Programs } from './programs';
import { TEST_UID, TestFleet } from './test-fleet';

jest.setTimeout(60_000);

const first = new Artifact(5, perceptronParameters(1));
const second = new Artifact(6, perceptronParameters(2));
const decodeDelta = decodePerceptronDelta;

describe('a device', () => {
  let programs: Programs;
  let fleet: TestFleet;
  beforeAll(async () => {
    programs = await devicePrograms();
  });
  afterEach(() => fleet.close());

  const isOver = (execution: number): boolean =>
    fleet.server.deltas.has(execution) || fleet.server.ended.has(execution);
  const over = (execution: number): Promise<void> =>
    waitUntil(`the end of ${execution}`, () => isOver(execution));

  it('enrols, fetches, trains, and uploads the delta that the model’s rule gives', async () => {
    fleet = await TestFleet.open({
      job: () => (isOver(1) ? WAIT : trainJob(1, first)),
      artifacts: [first],
      decodeDelta,
    });
    fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    expect(fleet.server.deltas.get(1)).toEqual(expectedDelta(1));
    expect(fleet.server.enrolments).toMatchObject([
      {
        board: 'virtual-m4',
        core: 'cortex-m4',
        sramBudgetBytes: 65_536,
        flashBytes: 1 << 20,
        label: 'test board',
      },
    ]);
    expect(fleet.server.hellos[0]).toMatchObject({
      boots: 1,
      layout: 7,
      scheme: 9,
      parameterDigest: new Uint8Array(),
    });
    expect(fleet.server.distinctResults).toMatchObject([
      {
        kind: 'trained',
        testItems: 30,
        learnedItems: 40,
        steps: 40 * PASSES,
        guardRestarts: 0,
        baseDigest: first.sha256,
        scheme: 9,
      },
    ]);
    await waitUntil('a hello with the digest of what it has', () => fleet.server.hellos.length > 1);
    expect(fleet.server.hellos[1]?.parameterDigest).toEqual(first.sha256);
  });

  it('tells every phase and every pass, and how much memory it took', async () => {
    fleet = await TestFleet.open({
      job: () => (isOver(1) ? WAIT : trainJob(1, first)),
      artifacts: [first],
      decodeDelta,
    });
    fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    const told = fleet.server.progress;
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual([
      'fetching',
      'evaluatingBefore',
      'training',
      'evaluatingAfter',
      'uploading',
    ]);
    const complete = told.filter(({ phase, done, total }) => phase === 'training' && done === total);
    expect(complete.map(({ pass }) => pass)).toEqual([0, 1, 2]);
    const [result] = fleet.server.results;
    expect(result).toMatchObject({ passLosses: complete.map(({ loss }) => loss) });
    expect(told.at(-1)?.peakSramBytes).toBeGreaterThan(2_000);
    expect(told.at(-1)?.peakSramBytes).toBeLessThan(8_192);
  });

  it('takes the next version’s unchanged chunks from its own flash', async () => {
    let job = trainJob(1, first);
    fleet = await TestFleet.open({
      job: () => (isOver(job.execution) ? WAIT : job),
      artifacts: [first, second],
      decodeDelta,
    });
    const device = fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    const before = fleet.server.fetches.length;
    job = trainJob(2, second);
    fleet.server.push(fleet.addressOf(device), job);
    await over(2);
    expect(fleet.server.fetches.slice(before)).toMatchObject([
      { of: 'digests', firstChunk: 0, count: 11 },
      { of: 'data', firstChunk: 0, count: 1 },
    ]);
    expect(fleet.server.deltas.get(2)).toEqual(expectedDelta(2));
    // Back to the version before: it is still in the other slot.
    job = trainJob(3, first);
    fleet.server.push(fleet.addressOf(device), job);
    await over(3);
    expect(fleet.server.fetches).toHaveLength(before + 2);
    expect(fleet.server.deltas.get(3)).toEqual(expectedDelta(1));
  });

  it('evaluates without training', async () => {
    fleet = await TestFleet.open({
      job: () => (isOver(1) ? WAIT : evaluateJob(1, first)),
      artifacts: [first],
      decodeDelta,
    });
    fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    expect(fleet.server.distinctResults).toMatchObject([
      { kind: 'evaluated', testItems: 30, baseDigest: first.sha256 },
    ]);
  });

  it('meets every class as often as any other where the job says so, and ends when it says so', async () => {
    let job = trainJob(1, first, { order: 'balanced' });
    fleet = await TestFleet.open({
      job: () => (isOver(job.execution) ? WAIT : job),
      artifacts: [first],
      decodeDelta,
    });
    const device = fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    expect(fleet.server.deltas.get(1)).toEqual(expectedBalancedDelta(1));
    expect(expectedBalancedDelta(1)).not.toEqual(expectedDelta(1));
    const stop = { belowLoss: MAX_LOSS, patience: 0, leastFall: 0 };
    job = trainJob(2, first, { order: 'balanced', stop });
    fleet.server.push(fleet.addressOf(device), job);
    await over(2);
    expect(fleet.server.deltas.get(2)).toEqual(expectedBalancedDelta(1, 1));
    expect(fleet.server.distinctResults).toMatchObject([
      { end: 'passes', steps: 40 * PASSES, saturated: { weights: 0, headWeights: 0, biases: 0 } },
      { end: 'lowLoss', steps: 40 },
    ]);
  });

  it('gives up after two restarts when the loss does not fall', async () => {
    fleet = await TestFleet.open({
      job: () => (isOver(1) ? WAIT : hopelessJob(1, first)),
      artifacts: [first],
      decodeDelta,
    });
    fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    expect(fleet.server.distinctResults).toMatchObject([
      { kind: 'failed', status: Status.diverged, guardRestarts: 2, end: 'guard' },
    ]);
  });

  it.each([
    ['wrongProgram', trainJob(1, first, { layout: 8 as never })],
    ['wrongProgram', trainJob(1, first, { scheme: 8 as never })],
    ['wrongSize', trainJob(1, first, { sizeBytes: 10_299 })],
    ['unknownArtifact', trainJob(1, first, { artifact: 99 as never })],
    ['wrongDigest', trainJob(1, first, { sha256: new Uint8Array(32) })],
  ] as const)('reports %s', async (name, job) => {
    fleet = await TestFleet.open({ job: () => (isOver(1) ? WAIT : job), artifacts: [first], decodeDelta });
    fleet.add({ samples: ITEMS, program: programs.wasm });
    await over(1);
    const { code } = DEVICE_CODES.find((each) => each.name === name) ?? {};
    expect(fleet.server.distinctResults).toMatchObject([{ kind: 'failed', status: code }]);
  });

  it.each([
    ['no sample log', undefined],
    ['nothing to test on', perceptronItems(1, 10, 0)],
    ['nothing to learn from', perceptronItems(1, 0, 10)],
    ['items of another size', { ...perceptronItems(1, 32, 32), itemBytes: 8 }],
  ])('reports noData with %s', async (_, samples) => {
    fleet = await TestFleet.open({
      job: () => (isOver(1) ? WAIT : trainJob(1, first)),
      artifacts: [first],
      decodeDelta,
    });
    fleet.add({ ...(samples ? { samples } : {}), program: programs.wasm });
    await over(1);
    expect(fleet.server.distinctResults).toMatchObject([{ kind: 'failed', status: Status.noData }]);
  });

  it('ignores its job when it is pushed again, and drops it for another one', async () => {
    const long = trainJob(1, first, { passes: 100 });
    let isPushed = false;
    fleet = await TestFleet.open({
      job: () => (isOver(2) ? WAIT : long),
      artifacts: [first],
      decodeDelta,
      hears: (kind) => {
        if (
          kind === 'progress' &&
          !isPushed &&
          fleet.server.progress.some(({ phase }) => phase === 'evaluatingBefore')
        ) {
          isPushed = true;
          for (let i = 0; i < 20; i++) fleet.server.push(fleet.addressOf(device), long);
          fleet.server.push(fleet.addressOf(device), trainJob(2, first));
        }
        return true;
      },
    });
    const samples = perceptronItems(3, 512, 30_000);
    const device = fleet.add({ samples, program: programs.wasm });
    await over(2);
    expect(fleet.server.distinctResults.map(({ execution }) => execution)).toEqual([2]);
    const begun = fleet.server.progress.filter(
      ({ phase, done }) => phase === 'evaluatingBefore' && done <= 1,
    );
    expect(begun.map(({ execution }) => execution)).toEqual([1, 2]);
  });

  it('without a model it enrols, says so, and waits to be programmed', async () => {
    fleet = await TestFleet.open({
      job: (_, { layout }) =>
        layout === 0
          ? { kind: 'install', layout: 7 as never, scheme: 9 as never, waitMs: 100 }
          : trainJob(1, first),
      artifacts: [first],
      decodeDelta,
    });
    const device = fleet.add({ samples: ITEMS, program: programs.enrolWasm });
    await waitUntil('three hellos', () => fleet.server.hellos.length >= 3);
    expect(fleet.server.hellos[2]).toMatchObject({ layout: 0, scheme: 0 });
    await device.install(programs.wasm);
    await over(1);
    expect(fleet.server.deltas.get(1)).toEqual(expectedDelta(1));
    expect(fleet.server.enrolments).toHaveLength(1);
  });

  it('stays quiet when it is refused, and comes back for a new job', async () => {
    fleet = await TestFleet.open({
      job: () => ({ kind: 'refused', text: 'too small' }),
      artifacts: [first],
      decodeDelta,
    });
    const device = fleet.add({ samples: ITEMS, program: programs.wasm });
    await waitUntil('the refusal', () => fleet.log.includes('refused'));
    fleet.server.push(fleet.addressOf(device), trainJob(1, first));
    await over(1);
    expect(fleet.server.hellos[0]?.boots).toBe(1);
  });

  it('never enrols with a wrong token', async () => {
    fleet = await TestFleet.open({ job: () => WAIT, artifacts: [], decodeDelta });
    fleet.add({ samples: ITEMS, program: programs.wasm, token: 'tok.wrong' });
    await waitUntil('two attempts', () => fleet.server.broker.logins.length >= 2);
    expect(fleet.server.broker.logins[0]).toEqual({
      clientId: TEST_UID,
      user: 'enrol',
      password: 'tok.wrong',
    });
    expect(fleet.server.enrolments).toEqual([]);
  });
});
