import {
  checkGraph,
  dumpGraph,
  type Graph,
  graphMacs,
  layersOf,
  type Op,
  samePadding,
  type Tensor,
  tensorBytes,
  tensorId,
  windowExtent,
} from '.';

const quantization = { scales: [0.5], zeroPoints: [0], axis: 0 };

/** `[role, data]` where a tensor is a constant. */
function tensor(
  id: number,
  name: string,
  shape: readonly number[],
  kind: Tensor['role'] | readonly ['constant', Uint8Array],
): Tensor {
  const [role, data] = typeof kind === 'string' ? [kind] : kind;
  return { id: tensorId(id), name, type: 'int8', shape, role, quantization, ...(data && { data }) };
}

/** A 3x3 convolution over a 4x4 map, stride 2, one channel in, two out. */
function tinyGraph(changes: Partial<Graph> = {}): Graph {
  const convolution: Op = {
    kind: 'conv2d',
    name: 'stem',
    input: tensorId(0),
    weights: tensorId(1),
    output: tensorId(2),
    activation: 'none',
    window: {
      stride: { height: 2, width: 2 },
      dilation: { height: 1, width: 1 },
      padding: { top: 0, bottom: 1, left: 0, right: 1 },
    },
  };
  return {
    name: 'tiny',
    tensors: [
      tensor(0, 'in', [1, 4, 4, 1], 'input'),
      tensor(1, 'stem.w', [2, 3, 3, 1], ['constant', new Uint8Array(18)]),
      tensor(2, 'stem', [1, 2, 2, 2], 'activation'),
    ],
    ops: [convolution],
    inputs: [tensorId(0)],
    outputs: [tensorId(2)],
    ...changes,
  };
}

describe('a graph', () => {
  it('without faults says what it is and what it costs', () => {
    const graph = tinyGraph();
    expect(checkGraph(graph)).toEqual([]);
    expect(graphMacs(graph)).toBe(2 * 2 * 2 * 9);
    expect(layersOf(graph).map((op) => op.name)).toEqual(['stem']);
    expect(dumpGraph(graph)).toBe(
      'graph tiny(in)\nstem conv2d(in, stem.w) -> stem: int8[1,2,2,2]\nreturn stem\n',
    );
  });

  it.each<[string, (tensors: Tensor[]) => void, RegExp]>([
    [
      'an output of another shape',
      (t) => (t[2] = tensor(2, 'stem', [1, 3, 2, 2], 'activation')),
      /window gives 2x2/,
    ],
    [
      'weights for other channels',
      (t) => (t[1] = tensor(1, 'stem.w', [2, 3, 3, 2], ['constant', new Uint8Array(36)])),
      /input channels/,
    ],
    [
      'a constant of another length',
      (t) => (t[1] = tensor(1, 'stem.w', [2, 3, 3, 1], ['constant', new Uint8Array(17)])),
      /17 bytes/,
    ],
    [
      'a constant that an operator writes',
      (t) => (t[2] = tensor(2, 'stem', [1, 2, 2, 2], ['constant', new Uint8Array(8)])),
      /no activation/,
    ],
    [
      'an id that is no position',
      (t) => (t[2] = tensor(5, 'stem', [1, 2, 2, 2], 'activation')),
      /position 2/,
    ],
  ])('with %s is faulty', (_, change, message) => {
    const tensors = [...tinyGraph().tensors];
    change(tensors);
    expect(checkGraph(tinyGraph({ tensors })).join('; ')).toMatch(message);
  });

  it('that reads what was not written, or writes twice, is faulty', () => {
    const [stem] = tinyGraph().ops;
    expect(checkGraph(tinyGraph({ ops: [] })).join()).toMatch(/never written/);
    expect(checkGraph(tinyGraph({ ops: [stem!, stem!] })).join()).toMatch(/written twice/);
  });
});

describe('geometry', () => {
  it('pads as TensorFlow does: the odd element after', () => {
    expect(samePadding(20, 3, 2, 1)).toEqual({ before: 0, after: 1 });
    expect(samePadding(49, 3, 2, 1)).toEqual({ before: 1, after: 1 });
    expect(windowExtent(49, { kernel: 3, stride: 2, padding: 2 })).toBe(25);
  });

  it('counts the bytes of masks and of block-floating-point gradients', () => {
    expect(tensorBytes({ type: 'mask', shape: [1, 3, 3, 1] })).toBe(2);
    expect(tensorBytes({ type: 'blockFloat', shape: [4, 9] })).toBe(4 * 9 * 2 + 4 * 2);
    expect(tensorBytes({ type: 'blockFloat8', shape: [4, 9] })).toBe(4 * 9 + 4 * 2);
    expect(tensorBytes({ type: 'blockFloat8', shape: [3, 5] })).toBe(3 * 5 + 1 + 3 * 2);
  });
});
