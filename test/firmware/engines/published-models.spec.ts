import { toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { inferenceProgram } from '#libs/firmware/program';
import { build, openEngine, type TargetName } from '#libs/firmware/toolchain';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import {
  GOLDEN_MODELS,
  type GoldenModel,
  goldenCases,
  goldenFiles,
  goldenGraph,
  goldenInt8,
  wrongLayers,
} from '#test/support/golden-models';
import { emulatedBoard, testWorkshop } from '#test/support/harness';
import { describeWithShared } from '#test/support/shared-files';

const MINUTE = 60_000;
const MOST_CASES = 4;

const programOf = (model: GoldenModel) =>
  unwrap(inferenceProgram(runPasses(goldenGraph(model), INFERENCE_PASSES)));
type Program = ReturnType<typeof programOf>;

const bytesUnder = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const casesOf = (model: GoldenModel) =>
  goldenCases(model)
    .slice(0, MOST_CASES)
    .map((number) => goldenInt8(model, number));

interface Run {
  readonly program: Program;
  readonly inputs: readonly Uint8Array[];
  readonly target: TargetName;
  readonly trace: boolean;
}

async function run({ program, inputs, target, trace }: Run) {
  const { model, parameters } = program;
  const request = {
    program: 'inference',
    target,
    board: await emulatedBoard(),
    model,
    parameters,
    trace,
  } as const;
  const engine = openEngine(testWorkshop, unwrap(await build(testWorkshop, request)));
  return unwrap(await engine.forward({ inputs, fill: 1 }));
}

describe.each(GOLDEN_MODELS)('%s, generated for inference', (model) => {
  describeWithShared(goldenFiles(model), 'against TensorFlow Lite Micro', () => {
    it.each(['wasm', 'native', 'arm'] as const)(
      'gives its outputs on %s',
      async (target) => {
        const program = programOf(model);
        const cases = casesOf(model);
        const inputs = cases.map(({ input }) => bytesUnder(input));
        const { outputs } = await run({ program, inputs, target, trace: false });
        expect(outputs.map(toHex)).toEqual(cases.map(({ output }) => toHex(output)));
      },
      5 * MINUTE,
    );

    if (model === 'mcunet_vww_int8io') return;

    it('gives every intermediate tensor', async () => {
      const program = programOf(model);
      const inputs = [bytesUnder(at(casesOf(model), 0).input)];
      const { layers = [] } = await run({ program, inputs, target: 'wasm', trace: true });
      expect(wrongLayers(model, program.model.facts.calls, layers)).toEqual([]);
    });
  });
});
