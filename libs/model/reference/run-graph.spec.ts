import { at, unwrap } from '#libs/base/result';
import { trainingGraph } from '#libs/model/passes';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedBytes, sharedJson } from '#test/support/shared-files';
import { runGraph } from './run-graph';
import { createSession } from './training-session';

const int8 = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

const KWS = 'models/kws-digits/factory-espeak';

function goldenLogits(): Float32Array {
  const bytes = sharedBytes(`${KWS}.golden-logits.f32`);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

describeWithShared([`${KWS}.golden-in.i8`, `${KWS}.golden-logits.f32`], 'the reference on kws-digits', () => {
  const inputs = int8(sharedBytes(`${KWS}.golden-in.i8`));
  const golden = goldenLogits();
  const classes = 10;
  const items = Array.from({ length: golden.length / classes }, (_, i) => i);
  const inputBytes = inputs.length / items.length;
  const inputOf = (item: number): Int8Array => inputs.subarray(item * inputBytes, (item + 1) * inputBytes);
  const logitsOf = (item: number): number[] => [...golden.subarray(item * classes, (item + 1) * classes)];
  const argmax = (values: readonly number[]): number => values.indexOf(Math.max(...values));

  it('agrees with the float emulation on all 20 golden inputs, logits to .25', () => {
    const session = createSession(unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.fc)));
    const natsPerUnit = Math.LN2 / 65536;
    for (const item of items) {
      session.forward(inputOf(item));
      expect(session.predict()).toBe(argmax(logitsOf(item)));
      const logits = [...session.logits()].map((unit) => unit * natsPerUnit);
      logits.forEach((logit, k) => expect(Math.abs(logit - at(logitsOf(item), k))).toBeLessThan(0.25));
    }
  });

  it('classifies by the int8 model as by the wide head', () => {
    const graph = kwsDigitsGraph();
    const predictions = items.map((item) => {
      const output = runGraph(graph, [inputOf(item)]).get(at(graph.outputs, 0));
      return argmax([...(output as Int8Array)]);
    });
    expect(predictions).toEqual(items.map((item) => argmax(logitsOf(item))));
  });

  it('has as many golden inputs as the description says', () => {
    const { golden: listed } = sharedJson<{ readonly golden: { readonly items: readonly number[] } }>(
      `${KWS}.json`,
    );
    expect(items.length).toBe(listed.items.length);
  });
});
