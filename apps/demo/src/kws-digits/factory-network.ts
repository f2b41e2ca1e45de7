/** The factory network as its training left it: a description (JSON) and one file with all weights and biases. */

/** One convolution. `pad` counts on every side. */
export interface FactoryLayer {
  readonly name: string;
  readonly cin: number;
  readonly cout: number;
  readonly k: number;
  readonly stride: number;
  readonly pad: number;
  readonly groups: number;
  readonly relu6: boolean;
}

export interface FactoryDescription {
  /** [1, frames, bands]. */
  readonly input: readonly [number, number, number];
  readonly classes: number;
  readonly blocks: readonly (readonly FactoryLayer[])[];
  /** Blocks (by position) that end in an ADD of their input, with the result named `res<block>`. */
  readonly residual_blocks: readonly number[];
  /** By layer name; `in` is the network's input. */
  readonly act_scale: Readonly<Record<string, number>>;
  readonly act_zero: Readonly<Record<string, number>>;
  /** Per output channel. */
  readonly w_scale: Readonly<Record<string, readonly number[]>>;
  readonly int8: readonly FactorySection[];
}

/** Where the numbers of one key (`stem.w`, `stem.b`) lie in the weights file. Weights are OIHW. */
interface FactorySection {
  readonly key: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** The factory network with its numbers at hand, in the layouts of TensorFlow Lite. */
export class FactoryNetwork {
  constructor(
    readonly description: FactoryDescription,
    private readonly numbers: Uint8Array,
    /** Logits of the golden inputs, as real numbers. */
    readonly goldenLogits: Float32Array,
  ) {}

  /** Weights [O,I,k,k] as [O,k,k,I]. */
  weights(layer: string): { readonly shape: readonly number[]; readonly data: Uint8Array } {
    const { shape, data } = this.section(`${layer}.w`, 1);
    const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
    const taps = height * width;
    const moved = data.map((_, i) => {
      const [output, tap, input] = [
        Math.floor(i / (taps * inputs)),
        Math.floor(i / inputs) % taps,
        i % inputs,
      ];
      return data[(output * inputs + input) * taps + tap] ?? 0;
    });
    return { shape: [outputs, height, width, inputs], data: moved };
  }

  /** Weights [C,1,k,k] of a depthwise layer as [1,k,k,C]. */
  depthwiseWeights(layer: string): { readonly shape: readonly number[]; readonly data: Uint8Array } {
    const { shape, data } = this.section(`${layer}.w`, 1);
    const [channels = 0, , height = 0, width = 0] = shape;
    const taps = height * width;
    const moved = data.map((_, i) => data[(i % channels) * taps + Math.floor(i / channels)] ?? 0);
    return { shape: [1, height, width, channels], data: moved };
  }

  /** Little-endian int32, as in the file. */
  biases(layer: string): Uint8Array {
    return this.section(`${layer}.b`, 4).data;
  }

  weightScales(layer: string): readonly number[] {
    return known(this.description.w_scale, layer).map(Math.fround);
  }

  /** Scale (as float32) and zero point of a layer's output. */
  activation(name: string): { readonly scale: number; readonly zeroPoint: number } {
    const { act_scale: scales, act_zero: zeroPoints } = this.description;
    return { scale: Math.fround(known(scales, name)), zeroPoint: known(zeroPoints, name) };
  }

  private section(
    key: string,
    elementBytes: number,
  ): { readonly shape: readonly number[]; readonly data: Uint8Array } {
    const section = this.description.int8.find((candidate) => candidate.key === key);
    if (section === undefined) throw new Error(`the weights file has no section ${key}`);
    const bytes = section.shape.reduce((product, extent) => product * extent, elementBytes);
    const data = this.numbers.slice(section.offset, section.offset + bytes);
    if (data.length !== bytes) throw new Error(`the weights file ends inside section ${key}`);
    return { shape: section.shape, data };
  }
}

function known<T>(table: Readonly<Record<string, T>>, name: string): T {
  const value = table[name];
  if (value === undefined) throw new Error(`the description says nothing of ${name}`);
  return value;
}
