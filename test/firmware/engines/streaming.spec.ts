/**
 * Networks that run row by row: on an arena of exactly the planned size, full of noise, they give the bytes of the reference, in every
 * tensor; so do the published models, in less memory than anybody else's.
 */
import { toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type InferenceOptions, type InferenceProgram, inferenceProgram } from '#libs/firmware/program';
import { build, loadBoard, openEngine, type TargetName } from '#libs/firmware/toolchain';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import {
  type GoldenModel,
  goldenCases,
  goldenFiles,
  goldenGraph,
  goldenInt8,
  wrongLayers,
} from '#test/support/golden-models';
import { testWorkshop } from '#test/support/harness';
import { randomNetwork } from '#test/support/random-networks';
import { INTEGER_KINDS, randomBranchyNetwork, randomOperatorGraph } from '#test/support/random-operators';
import { describeWithShared } from '#test/support/shared-files';
import { sideBySide } from '#test/support/side-by-side';
import { differenceOn } from './operator-fuzz';

const MINUTE = 60_000;
const GRAPHS = 10;

const LEAST = { optimize: 'ram' } as const;
const FROM_SENSOR = { optimize: 'ram', inputRows: true } as const;
const MODES = [
  ['input in memory', LEAST],
  ['rows from the sensor', FROM_SENSOR],
] as const;

const RANDOM_MODES = [...MODES, ['DSP kernels', { ...FROM_SENSOR, kernels: 'dsp' }]] as const;

const networkOf = (seed: number) =>
  runPasses(seed % 2 === 0 ? randomNetwork(seed) : randomBranchyNetwork(seed), INFERENCE_PASSES);

describe.each(RANDOM_MODES)('a random network row by row, %s', (_, plan) => {
  test.each(Array.from({ length: GRAPHS }, (__, i) => i + 1))(
    'gives the bytes of the reference under sanitizers: seed %i',
    async (seed) => {
      const variant = { target: 'native', sanitize: true, plan } as const;
      expect(await differenceOn(networkOf(seed), seed, variant)).toBeUndefined();
    },
    MINUTE,
  );

  test.each(['wasm', 'arm'] as const)(
    'gives the bytes of the reference on %s',
    async (target) => {
      expect(await differenceOn(networkOf(4), 4, { target, plan })).toBeUndefined();
    },
    MINUTE,
  );
});

test.each([1, 2])(
  'an operator of every kind, whose inputs come from the sensor, gives the bytes of the reference under sanitizers: seed %i',
  async (seed) => {
    const variant = { target: 'native', sanitize: true, plan: FROM_SENSOR } as const;
    const graph = sideBySide(INTEGER_KINDS.map((kind) => randomOperatorGraph(kind, seed)));
    expect(await differenceOn(graph, seed, variant)).toBeUndefined();
  },
  MINUTE,
);

/** Static RAM of the linked model, in bytes: input in memory, rows from the sensor. */
const BARS = {
  mcunet_vww: [23_000, 17_000],
  person_detect: [15_000, 14_000],
  mlperf_kws: [6_500, 6_000],
} as const;
type Model = keyof typeof BARS;
const MODELS = ['mcunet_vww', 'person_detect', 'mlperf_kws'] as const satisfies readonly GoldenModel[];

const bytesUnder = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const programOf = (model: Model, options: InferenceOptions): InferenceProgram =>
  unwrap(inferenceProgram(runPasses(goldenGraph(model), INFERENCE_PASSES), options));

const caseOf = (model: Model) => goldenInt8(model, at(goldenCases(model), 0));

interface Run {
  readonly board?: string;
  readonly target: TargetName;
  readonly trace?: boolean;
  readonly sanitize?: boolean;
}

async function run(
  { model, parameters }: InferenceProgram,
  { board: name = 'mps2-an386', ...how }: Run,
  inputs: readonly Int8Array[],
) {
  const board = unwrap(await loadBoard(testWorkshop, name));
  const request = { program: 'inference', board, model, parameters, ...how } as const;
  const built = unwrap(await build(testWorkshop, request));
  const engine = openEngine(testWorkshop, built);
  const result = unwrap(await engine.forward({ inputs: inputs.map(bytesUnder), fill: 1 }));
  return { built, result };
}

/** Static RAM within which the fast kernels have to do. */
const SPEED_BARS = { mcunet_vww: 36_000, person_detect: 24_000, mlperf_kws: 12_000 } as const;

/** What the command line makes for a core with DSP or vector instructions unless it is told otherwise. */
const FASTEST = { optimize: 'speed', dropConstant: true } as const;
const FAST_KERNELS = [
  ['mps2-an386', 'dsp'],
  ['mps2-an500', 'dsp'],
  ['mps2-an505', 'dsp'],
  ['mps3-an547', 'mve'],
] as const;

describe.each(MODELS)('%s within the memory of the speed bars', (model) => {
  describeWithShared(goldenFiles(model), 'against TensorFlow Lite Micro', () => {
    it.each(FAST_KERNELS)(
      'gives its outputs on %s with %s kernels and without constant channels',
      async (board, kernels) => {
        const bar = SPEED_BARS[model];
        const program = programOf(model, { ...FASTEST, kernels, budgetBytes: bar });
        const cases = goldenCases(model).map((number) => goldenInt8(model, number));
        const inputs = cases.map(({ input }) => input);
        const { built, result } = await run(program, { target: 'arm', board }, inputs);
        expect(result.outputs.map(toHex)).toEqual(cases.map(({ output }) => toHex(output)));
        expect(built.footprint.staticRamBytes).toBeLessThanOrEqual(bar);
        expect(result.stackBytes).toBeLessThanOrEqual(built.footprint.stackBytes);
      },
      3 * MINUTE,
    );
  });
});

describe.each(MODELS)('%s row by row', (model) => {
  describeWithShared(goldenFiles(model), 'against TensorFlow Lite Micro', () => {
    describe.each(MODES)('%s', (_, options) => {
      const program = programOf(model, options);
      const bar = BARS[model][options === LEAST ? 0 : 1];

      it.each([{ target: 'native', sanitize: true }, { target: 'wasm' }] as const)(
        'gives its output: %j',
        async (how) => {
          const { result } = await run(program, how, [caseOf(model).input]);
          expect(result.outputs.map(toHex)).toEqual([toHex(caseOf(model).output)]);
        },
        3 * MINUTE,
      );

      it(
        'gives its output on a Cortex-M4, within its bar and its stack',
        async () => {
          const { built, result } = await run(program, { target: 'arm' }, [caseOf(model).input]);
          expect(result.outputs.map(toHex)).toEqual([toHex(caseOf(model).output)]);
          expect(built.footprint.staticRamBytes).toBeLessThanOrEqual(bar);
          expect(result.stackBytes).toBeGreaterThan(0);
          expect(result.stackBytes).toBeLessThanOrEqual(built.footprint.stackBytes);
        },
        3 * MINUTE,
      );

      it(
        'gives every intermediate tensor, though it never holds one whole',
        async () => {
          const { result } = await run(program, { target: 'wasm', trace: true }, [caseOf(model).input]);
          expect(wrongLayers(model, program.model.facts.calls, result.layers ?? [])).toEqual([]);
        },
        3 * MINUTE,
      );
    });
  });
});
