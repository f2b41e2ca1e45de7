import { bytesOf, toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type Graph, tensorId } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedBytes, sharedJson, sharedText } from '#test/support/shared-files';
import type { Value } from './memory';
import { runGraph } from './run-graph';
import { createSession } from './training-session';

const hexOf = (value: Value | undefined): string =>
  value === undefined || 'mantissas' in value ? 'absent' : toHex(bytesOf(value));

const int8 = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

interface LayerRecord {
  readonly op: number;
  readonly opname: string;
  readonly tensor: number;
  readonly offset: number;
  readonly bytes: number;
}

const layerRecords = (model: string): readonly LayerRecord[] =>
  sharedText(`models/${model}/layers_00.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LayerRecord);

const imported = (model: string): Graph => unwrap(importTflite(sharedBytes(`models/${model}/model.tflite`)));

const caseNumbers = ['00', '01', '02', '03'];

describe.each(['mlperf_kws', 'person_detect'])('the reference on %s', (model) => {
  describeWithShared([`models/${model}/layers_00.bin`], 'against TensorFlow Lite Micro', () => {
    it('gives every intermediate tensor byte for byte', () => {
      const values = runGraph(imported(model), [int8(sharedBytes(`models/${model}/input_00.bin`))]);
      const golden = sharedBytes(`models/${model}/layers_00.bin`);
      for (const { op, opname, tensor, offset, bytes } of layerRecords(model)) {
        const expected = `${op} ${opname} ${toHex(golden.subarray(offset, offset + bytes))}`;
        expect(`${op} ${opname} ${hexOf(values.get(tensorId(tensor)))}`).toBe(expected);
      }
    });

    it.each(caseNumbers)('gives the output of case %s, after the normal form too', (number) => {
      const graph = runPasses(imported(model), INFERENCE_PASSES);
      const values = runGraph(graph, [int8(sharedBytes(`models/${model}/input_${number}.bin`))]);
      expect(hexOf(values.get(at(graph.outputs, 0)))).toBe(
        toHex(sharedBytes(`models/${model}/output_${number}.bin`)),
      );
    });
  });
});

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
