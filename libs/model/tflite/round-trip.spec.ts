/** Property: whatever the parameters of an operator, reading what was written gives it again. */
import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type Graph, type Padding, samePadding, type TensorId, tensorOf } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { importTflite, writeTflite } from './index';

/** Draws an operator over a random operand. */
class Drawing {
  readonly builder: GraphBuilder;
  private readonly rng: Rng;

  constructor(seed: number) {
    this.rng = new Rng(seed);
    this.builder = new GraphBuilder(`drawn-${seed}`, seed);
  }

  between(low: number, high: number): number {
    return low + this.rng.below(high - low + 1);
  }
  flag(): boolean {
    return this.rng.below(2) === 1;
  }
  shape(least = 1): number[] {
    return Array.from({ length: this.between(least, 6) }, () => this.between(1, 4));
  }
  map(): TensorId {
    return this.builder.input([1, this.between(3, 9), this.between(3, 9), this.between(1, 4)]);
  }
  permutation(rank: number): number[] {
    const left = Array.from({ length: rank }, (_, axis) => axis);
    return Array.from({ length: rank }, () => left.splice(this.rng.below(left.length), 1)[0] ?? 0);
  }
  extent(high: number): { height: number; width: number } {
    return { height: this.between(1, high), width: this.between(1, high) };
  }
  /** SAME or VALID, as padding. */
  padding(input: TensorId, window: ReturnType<Drawing['window']>): Padding {
    const [, height = 0, width = 0] = this.builder.shapeOf(input);
    const { kernel, stride, dilation } = window;
    const rows = samePadding(height, kernel.height, stride.height, dilation.height);
    const columns = samePadding(width, kernel.width, stride.width, dilation.width);
    return this.flag()
      ? { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after }
      : { top: 0, bottom: 0, left: 0, right: 0 };
  }
  window(dilated = false) {
    const none = { height: 1, width: 1 };
    return {
      kernel: this.extent(3),
      stride: this.extent(3),
      dilation: dilated && this.flag() ? this.extent(2) : none,
    };
  }
  options(input: TensorId, dilated = true) {
    const window = this.window(dilated);
    const activation = this.flag() ? ('relu6' as const) : ('none' as const);
    return { ...window, padding: this.padding(input, window), channels: this.between(1, 5), activation };
  }
}

type Draw = (drawing: Drawing) => TensorId;

const DRAWS: Readonly<Record<string, Draw>> = {
  conv: (d) => {
    const x = d.map();
    return d.builder.conv('y', x, d.options(x));
  },
  depthwise: (d) => {
    const x = d.map();
    return d.builder.depthwise('y', x, { ...d.options(x), multiplier: d.between(1, 3) });
  },
  pool: (d) => {
    const x = d.map();
    const options = d.options(x, false);
    return d.flag() ? d.builder.maxPool('y', x, options) : d.builder.averagePool('y', x, options);
  },
  transposeConv: (d) => {
    const x = d.map();
    const [, height = 0, width = 0] = d.builder.shapeOf(x);
    const { kernel, stride } = d.window();
    // What the converter writes for SAME: as many outputs as steps.
    const [rows, columns] = [
      samePadding(height * stride.height, kernel.height, stride.height, 1).before,
      samePadding(width * stride.width, kernel.width, stride.width, 1).before,
    ];
    const same = {
      top: rows,
      bottom: kernel.height - stride.height - rows,
      left: columns,
      right: kernel.width - stride.width - columns,
    };
    return d.builder.transposeConv('y', x, { channels: 2, kernel, stride, padding: d.flag() ? same : 0 });
  },
  pad: (d) => {
    const shape = d.shape();
    const frame = (): number[] => shape.map(() => d.between(0, 2));
    return d.builder.pad('y', d.builder.input(shape), { before: frame(), after: frame() });
  },
  slice: (d) => {
    const shape = d.shape();
    const ranges = shape.map((size) => {
      const extent = d.between(1, size);
      if (extent === 1) return { begin: d.between(0, size - 1), stride: 1, extent };
      const step = d.between(1, Math.floor((size - 1) / (extent - 1)));
      const reach = (extent - 1) * step;
      const first = d.between(0, size - 1 - reach);
      return d.flag()
        ? { begin: first, stride: step, extent }
        : { begin: first + reach, stride: -step, extent };
    });
    const kept = ranges.filter(({ extent }) => extent !== 1 || d.flag()).map(({ extent }) => extent);
    return d.builder.stridedSlice('y', d.builder.input(shape), {
      begin: ranges.map(({ begin }) => begin),
      strides: ranges.map(({ stride }) => stride),
      extents: ranges.map(({ extent }) => extent),
      shape: kept,
    });
  },
  transpose: (d) => {
    const shape = d.shape();
    return d.builder.transpose('y', d.builder.input(shape), d.permutation(shape.length));
  },
  mean: (d) => {
    const shape = d.shape();
    const axes = shape.map((_, axis) => axis).filter((axis) => axis === 0 || d.flag());
    return d.builder.mean('y', d.builder.input(shape), { axes, keepDims: d.flag() });
  },
  concatenation: (d) => {
    const shape = d.shape();
    const axis = d.between(0, shape.length - 1);
    const parts = Array.from({ length: d.between(1, 4) }, () => shape.with(axis, d.between(1, 3)));
    const inputs = parts.map((part, i) =>
      i > 0 && d.flag() ? d.builder.constant(part) : d.builder.input(part),
    );
    return d.builder.concatenation('y', inputs, axis);
  },
  broadcast: (d) => {
    const shape = d.shape();
    const stretched = shape.map((extent) => (d.flag() ? 1 : extent)).slice(d.between(0, shape.length - 1));
    const other = d.flag() ? d.builder.constant(stretched) : d.builder.input(stretched);
    const x = d.builder.input(shape);
    const operands = d.flag() ? ([x, other] as const) : ([other, x] as const);
    const kind = (['add', 'sub', 'mul'] as const)[d.between(0, 2)] ?? 'add';
    return d.builder[kind]('y', ...operands);
  },
  resize: (d) =>
    d.builder.resizeNearest('y', d.map(), {
      ...d.extent(9),
      alignCorners: d.flag(),
      halfPixelCenters: d.flag(),
    }),
};

const written = (graph: Graph): Graph => unwrap(importTflite(unwrap(writeTflite(graph))));

test.each(Object.entries(DRAWS))('%s', (_, draw) => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const drawing = new Drawing(seed);
      const graph = drawing.builder.build(draw(drawing));
      fc.pre(graph.tensors.every(({ shape }) => shape.every((extent) => extent > 0)));
      const read = written(graph);
      expect(read.ops).toEqual(graph.ops);
      expect(tensorOf(read, read.outputs[0]!)).toEqual(tensorOf(graph, graph.outputs[0]!));
    }),
    { numRuns: 100 },
  );
});
