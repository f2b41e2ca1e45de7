import { execFileSync } from 'node:child_process';
import { bytesOf, toHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { inferenceProgram } from '#libs/firmware/program';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import {
  GOLDEN_MODELS,
  type GoldenModel,
  goldenFiles,
  goldenGraph,
  goldenInt8,
} from '#test/support/golden-models';
import { describeWithShared } from '#test/support/shared-files';
import { inferenceDriver } from './drivers';
import { describeWith, withHome } from './take-home';

jest.setTimeout(120_000);

const CASE = '00';

/** What the library says, and what it should say. */
function compared(name: GoldenModel): { readonly says: string; readonly expected: string } {
  const program = unwrap(inferenceProgram(runPasses(goldenGraph(name), INFERENCE_PASSES)));
  const { input, output } = goldenInt8(name, CASE);
  const elements = { inputs: [input.length], outputs: [output.length] };
  const says = withHome({ ...program, graph: program.inference }, (home) => {
    const driver = inferenceDriver(home.name, home.prefix, elements);
    return execFileSync(home.program('gcc', driver), { input: bytesOf(input) });
  });
  return { says: toHex(says), expected: toHex(output) };
}

describeWith(['gcc'], 'the library of a published model', () => {
  for (const name of GOLDEN_MODELS)
    describeWithShared(goldenFiles(name), name, () => {
      it('gives the bytes of TensorFlow Lite Micro', () => {
        const { says, expected } = compared(name);
        expect(says).toBe(expected);
      });
    });
});
