import { at, unwrap } from '#libs/base/result';
import { int32s, openEngine, type TargetName } from '#libs/firmware/toolchain';
import { trainingGraph } from '#libs/model/passes';
import { createSession, runGraph } from '#libs/model/reference';
import { FORWARD_FILES, goldenInputs } from '#test/support/golden-sets';
import {
  buildHarness,
  type HarnessOptions,
  type Prepared,
  prepare,
  testWorkshop,
} from '#test/support/harness';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared } from '#test/support/shared-files';

const inference = kwsDigitsGraph();
const training = unwrap(trainingGraph(inference, KWS_SCHEMES.sparse));

type Variant = readonly [name: string, target: TargetName, options: HarnessOptions];

async function outputsOf(
  { model, parameters }: Prepared,
  [, target, options]: Variant,
): Promise<readonly Uint8Array[]> {
  const engine = openEngine(testWorkshop, await buildHarness(target, model, { ...options, trace: true }));
  return unwrap(await engine.forward({ parameters, inputs: goldenInputs() })).outputs;
}

const variants: readonly Variant[] = [
  ['wasm', 'wasm', {}],
  ['the native build', 'native', {}],
  ['the native build under sanitizers', 'native', { sanitize: true }],
  ['the ARM board', 'arm', {}],
];

describeWithShared(FORWARD_FILES, 'the 20 golden inputs of kws-digits', () => {
  test.each(variants)('give the logits of the reference on %s, in a training graph', async (...variant) => {
    const session = createSession(training);
    const expected = goldenInputs().map((input) => {
      session.forward(input);
      return [...session.logits()];
    });
    const outputs = await outputsOf(prepare(training, inference), variant);
    expect(outputs.map((bytes) => [...int32s(bytes)])).toEqual(expected);
  });

  test.each(variants)(
    'give the int8 outputs of the reference on %s, in an inference graph',
    async (...variant) => {
      const output = at(inference.outputs, 0);
      const expected = goldenInputs().map((input) => [
        ...(runGraph(inference, [input]).get(output) as Int8Array),
      ]);
      const outputs = await outputsOf(prepare(inference, inference, 'inference'), variant);
      expect(outputs.map((bytes) => [...new Int8Array(bytes.buffer)])).toEqual(expected);
    },
  );
});
