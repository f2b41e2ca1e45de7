import { at, unwrap } from '#libs/base/result';
import { writeRawDelta, type VariableDelta } from '#libs/fleet/delta';
import { layersOf, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { canonicalOrder } from '#libs/model/quant';
import { createSession } from '#libs/model/reference';
import { smallInference } from '#test/support/small-model';
import { aggregate, type Contribution, deltaLayoutOf, MEAN, publish, startMaster } from '.';

const inference = smallInference();
/** Layer 1 is a 1x1 convolution of 4 input channels to 8 outputs, layer 2 is depthwise with 8 channels of 9 weights. */
const EXPANSION = 1;
const DEPTHWISE = 2;

/** A device that trained `ratio` of a layer, each of its weights moving by `delta`. */
function trainedPart(deviceId: string, layer: number, ratio: number, delta: number): Contribution {
  const scheme = { name: 'part', biasLayers: 3, weightLayers: [{ layer, ratio }] };
  const layout = deltaLayoutOf(1, unwrap(trainingGraph(inference, scheme)));
  const deltas = layout.variables.map((variable): VariableDelta => {
    const move = variable.kind === 'weights' ? delta : 0;
    return { variable, values: new Int32Array(variable.count).fill(move) };
  });
  return { deviceId, sampleCount: 1, layout, raw: writeRawDelta(deltas) };
}

const ONE = 2 ** 16;

/** How far the master's weights of a layer moved, in steps, canonical order. */
function moves(layer: number, contributions: readonly Contribution[], policy = MEAN): readonly number[] {
  const before = unwrap(startMaster(inference));
  const after = unwrap(aggregate(before, contributions, policy)).master;
  const { name } = tensorOf(inference, at(layersOf(inference), layer).weights);
  const index = after.parameters.findIndex((parameter) => parameter.name === name);
  const start = at(before.parameters, index).values;
  return Array.from(at(after.parameters, index).values, (value, i) => (value - at(start, i)) / ONE);
}

const expansion = (of: (input: number) => number): readonly number[] =>
  Array.from({ length: 8 * 4 }, (_, i) => of(i % 4));

describe('deltas of the first channels of a layer', () => {
  it('move these channels, and leave the others', () => {
    const alone = [trainedPart('a', EXPANSION, 0.5, 4)];
    expect(moves(EXPANSION, alone)).toEqual(expansion((input) => (input < 2 ? 4 : 0)));
  });

  it('are averaged with those of other schemes coordinate by coordinate, over who trained it', () => {
    const devices = [
      trainedPart('a', EXPANSION, 1, 6),
      trainedPart('b', EXPANSION, 0.5, 3),
      trainedPart('c', EXPANSION, 0.25, 0),
    ];
    expect(moves(EXPANSION, devices)).toEqual(expansion((input) => [3, 4.5, 6, 6][input] ?? NaN));
    expect(moves(EXPANSION, devices.toReversed())).toEqual(moves(EXPANSION, devices));
  });

  it('of a depthwise layer are its first channels', () => {
    const devices = [trainedPart('a', DEPTHWISE, 0.5, 2), trainedPart('b', DEPTHWISE, 1, 4)];
    expect(moves(DEPTHWISE, devices)).toEqual(Array.from({ length: 72 }, (_, i) => (i < 36 ? 3 : 4)));
  });

  it('count for the least number that a robust rule needs, channel by channel', () => {
    const whole = ['a', 'b', 'c', 'd'].map((id) => trainedPart(id, EXPANSION, 1, 1));
    const outlier = trainedPart('e', EXPANSION, 0.5, 21);
    const median = { rule: { kind: 'median' } } as const;
    expect(moves(EXPANSION, [...whole, outlier], median)).toEqual(expansion(() => 1));
    const more = [...whole, trainedPart('e', EXPANSION, 1, 21)];
    expect(moves(EXPANSION, more)).toEqual(expansion(() => 5));
  });

  it.each([
    ['a run longer than its period', { run: 5, stride: 4 }],
    ['a period that does not divide the tensor', { run: 3, stride: 7 }],
    ['an empty run', { run: 0, stride: 4 }],
  ])('are refused with %s', (_, slice) => {
    const part = trainedPart('a', EXPANSION, 0.5, 1);
    const variables = part.layout.variables.map((variable) =>
      variable.kind === 'weights' ? { ...variable, slice } : variable,
    );
    const strange = { ...part, layout: { ...part.layout, variables } };
    expect(aggregate(unwrap(startMaster(inference)), [strange], MEAN)).toMatchObject({
      ok: false,
      error: { code: 'aggregate.unknown-parameter' },
    });
  });

  it('of one device turn its base into exactly what it had', () => {
    const scheme = {
      name: 'parts',
      biasLayers: 3,
      weightLayers: [
        { layer: EXPANSION, ratio: 0.75 },
        { layer: DEPTHWISE, ratio: 0.5 },
      ],
    };
    const training = unwrap(trainingGraph(inference, scheme));
    const session = createSession(training);
    const rates = { mantissa: 26214, exponent: -3 };
    for (let index = 0; index < 20; index++) {
      session.forward(Int8Array.from(randomInput(index)));
      session.loss(index % 3);
      session.backward({ seed: 7, index, rates: { weights: rates, bias: rates, head: rates } });
    }
    const layout = deltaLayoutOf(1, training);
    const before = unwrap(startMaster(inference));
    const only = { deviceId: 'only', sampleCount: 20, layout, raw: session.delta() };
    const { master: after } = unwrap(aggregate(before, [only], MEAN));
    const { patches } = publish({ graph: inference, before, after });
    const state = session.state();
    let offset = 0;
    for (const { tensorName, kind, count, slice } of layout.variables) {
      const bytes = { weights: 1, head: 2, bias: 4 }[kind];
      if (kind === 'weights') {
        const had = Array.from(new Int8Array(state.slice(offset, offset + count).buffer));
        expect(publishedPart(tensorName, patches, slice)).toEqual(had);
        expect(had.some((value, i) => value !== publishedPart(tensorName, [], slice)[i])).toBe(true);
      }
      offset += bytes * count;
    }
  });
});

function randomInput(seed: number): readonly number[] {
  const shape = tensorOf(inference, at(inference.inputs, 0)).shape;
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Array.from({ length: count }, (_, i) => ((i * 37 + seed * 101) % 255) - 127);
}

/** The trained part of a tensor after publishing, canonical order. */
function publishedPart(
  name: string,
  patches: readonly { readonly tensor: number; readonly data: Uint8Array }[],
  slice: { readonly run: number; readonly stride: number } | undefined,
): readonly number[] {
  const op = layersOf(inference).find(({ weights }) => tensorOf(inference, weights).name === name);
  const tensor = tensorOf(inference, op?.weights ?? at(inference.inputs, 0));
  const data = patches.find((patch) => patch.tensor === tensor.id)?.data ?? tensor.data ?? new Uint8Array(0);
  const canonical = new Int8Array(data.length);
  canonicalOrder(op?.kind ?? 'conv2d', tensor.shape).forEach((to, from) => {
    canonical[to] = (at(data, from) << 24) >> 24;
  });
  return Array.from(canonical).filter((_, i) => !slice || i % slice.stride < slice.run);
}
