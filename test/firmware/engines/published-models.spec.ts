import { equalBytes, toHex } from '#libs/base/bytes';
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
  goldenInput,
  goldenInt8,
  goldenLayers,
  goldenOutput,
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

/** Inputs and outputs of the int8 model inside a float boundary, if there is one. */
function casesOf(model: GoldenModel, { inference }: Program) {
  return goldenCases(model)
    .slice(0, MOST_CASES)
    .map((number) => {
      if (model === 'mcunet_vww') return goldenInt8(model, number);
      return { input: goldenInput(model, inference, number), output: goldenOutput(model, number) };
    });
}

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
        const cases = casesOf(model, program);
        const inputs = cases.map(({ input }) => bytesUnder(input));
        const { outputs } = await run({ program, inputs, target, trace: false });
        expect(outputs.map(toHex)).toEqual(cases.map(({ output }) => toHex(output)));
      },
      5 * MINUTE,
    );

    if (model === 'mcunet_vww_int8io') return;

    it('gives every intermediate tensor', async () => {
      const program = programOf(model);
      const inputs = [bytesUnder(at(casesOf(model, program), 0).input)];
      const { layers = [] } = await run({ program, inputs, target: 'wasm', trace: true });
      const golden = new Map(goldenLayers(model).map(({ tensor, data }) => [tensor, data]));
      const { calls } = program.model.facts;
      const wrong = calls.filter(({ tensor }, i) => {
        const expected = golden.get(tensor);
        return expected && !equalBytes(at(layers, i), expected);
      });
      expect(wrong).toEqual([]);
      expect(calls.filter(({ tensor }) => golden.has(tensor)).length).toBe(calls.length);
    });
  });
});
