import { type StridedSlice, type Tensor, tensorOf } from '#libs/model/ir';
import { i32, table } from '../flatbuffer/flatbuffer-nodes';
import type { TableView } from '../flatbuffer/table-view';
import { BUILTIN } from '../schema/builtin-operators';
import { OPTIONS } from '../schema/enums';
import { STRIDED_SLICE_OPTIONS } from '../schema/fields';
import type { OperatorFormat } from './operator-format';
import type { OperatorReader } from './operator-reader';

/** Version 2 brought int8. */
const INT8_VERSION = 2;

/** One dimension as the file says it. */
interface RawRange {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
  readonly isFromStart: boolean;
  readonly isToEnd: boolean;
  readonly isShrunk: boolean;
}

/** One dimension in normal form; a single element has stride 1. */
interface Range {
  readonly begin: number;
  readonly stride: number;
  readonly extent: number;
  readonly isShrunk: boolean;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** StartForAxis and StopForAxis of strided_slice_logic.h. */
function normalRange(raw: RawRange, size: number): Range {
  const { stride, isShrunk } = raw;
  const isForward = stride > 0;
  const [low, high] = isForward ? [0, size] : [-1, size - 1];
  const within = (index: number): number => clamp(index < 0 ? index + size : index, low, high);
  const begin = raw.isFromStart ? (isForward ? 0 : size - 1) : within(raw.begin);
  if (isShrunk) return { begin, stride: 1, extent: 1, isShrunk };
  const end = raw.isToEnd ? (isForward ? size : -1) : within(raw.end);
  const extent = Math.ceil((end - begin) / stride);
  return { begin, stride: extent === 1 ? 1 : stride, extent, isShrunk };
}

const bit = (mask: number, position: number): boolean => ((mask >> position) & 1) === 1;

function readMasks(
  operator: OperatorReader,
  options: TableView,
): (axis: number) => Omit<RawRange, 'begin' | 'end' | 'stride'> {
  const mask = (field: number): number => options.i32(field);
  for (const [what, field] of [
    ['an ellipsis', STRIDED_SLICE_OPTIONS.ellipsisMask],
    ['new dimensions', STRIDED_SLICE_OPTIONS.newAxisMask],
  ] as const) {
    if (mask(field) !== 0)
      operator.report(
        'tflite.unsupported-option',
        `slices with ${what}; write every dimension out, and a RESHAPE for new ones`,
      );
  }
  if (options.flag(STRIDED_SLICE_OPTIONS.offset))
    operator.report('tflite.unsupported-option', 'gives ends as offsets; indices are supported');
  const [from, to, shrunk] = [
    mask(STRIDED_SLICE_OPTIONS.beginMask),
    mask(STRIDED_SLICE_OPTIONS.endMask),
    mask(STRIDED_SLICE_OPTIONS.shrinkAxisMask),
  ];
  return (axis) => ({
    isFromStart: bit(from, axis),
    isToEnd: bit(to, axis),
    isShrunk: bit(shrunk, axis),
  });
}

/** Dimensions behind the given ones are taken whole, as the interpreter does. */
const WHOLE: RawRange = {
  begin: 0,
  end: 0,
  stride: 1,
  isFromStart: true,
  isToEnd: true,
  isShrunk: false,
};

function readRanges(operator: OperatorReader, input: Tensor): readonly Range[] {
  const [begins, ends, strides] = [operator.integers(1), operator.integers(2), operator.integers(3)];
  const { shape } = input;
  const count = begins.length;
  if (ends.length !== count || strides.length !== count || count > shape.length)
    operator.refuse(
      'tflite.bad-shape',
      `gives ${count} begins, ${ends.length} ends and ${strides.length} strides for ${shape.length} dimensions`,
    );
  const masks = readMasks(operator, operator.requiredOptions(OPTIONS.stridedSlice));
  return shape.map((size, axis) => {
    const [begin, end, stride] = [begins[axis], ends[axis], strides[axis]];
    if (begin === undefined || end === undefined || stride === undefined) return normalRange(WHOLE, size);
    const raw = { begin, end, stride, ...masks(axis) };
    if (stride === 0 || (raw.isShrunk && stride < 0))
      operator.refuse('tflite.unsupported-option', `stride ${stride} in dimension ${axis}`);
    return normalRange(raw, size);
  });
}

/** Which dimensions the output does not have, so that the others give its shape; undefined where none do. */
function shrunkAxes(extents: readonly number[], output: readonly number[]): readonly number[] | undefined {
  const shrunk: number[] = [];
  let next = 0;
  extents.forEach((extent, axis) => {
    if (extent === output[next]) next += 1;
    else shrunk.push(axis);
  });
  const isSound = next === output.length && shrunk.every((axis) => extents[axis] === 1);
  return isSound ? shrunk : undefined;
}

const maskOf = (axes: readonly number[]): number => axes.reduce((mask, axis) => mask | (1 << axis), 0);

/** Operands 2 to 4 are constants with an index, an index and a stride a dimension; masks in the options overrule them. */
export const stridedSlice: OperatorFormat<StridedSlice> = {
  builtins: [BUILTIN.stridedSlice],
  builtin: () => BUILTIN.stridedSlice,
  version: () => INT8_VERSION,

  read(operator) {
    operator.expectOperands(4, 4);
    const [input, output] = [operator.input(), operator.output()];
    const ranges = readRanges(operator, input);
    const wanted = ranges.filter((range) => !range.isShrunk).map((range) => range.extent);
    if (wanted.join() !== output.shape.join())
      operator.report(
        'tflite.bad-shape',
        `has shape [${output.shape.join(',')}], the slice gives [${wanted.join(',')}]`,
        output,
      );
    return {
      kind: 'stridedSlice',
      name: output.name,
      input: input.id,
      output: output.id,
      begin: ranges.map((range) => range.begin),
      strides: ranges.map((range) => range.stride),
      extents: ranges.map((range) => range.extent),
    };
  },

  write(op, writer) {
    const output = tensorOf(writer.graph, op.output).shape;
    const shrunk =
      shrunkAxes(op.extents, output) ??
      writer.refuse(
        `turns [${op.extents.join(',')}] into [${output.join(',')}]; put a RESHAPE operator behind it`,
      );
    const ends = op.extents.map((extent, axis) => {
      const stride = op.strides[axis] ?? 1;
      return (op.begin[axis] ?? 0) + (extent - 1) * stride + Math.sign(stride);
    });
    // An end below 0 would count from behind: the mask says "to the last one".
    const endMask = maskOf(ends.flatMap((end, axis) => (end < 0 ? [axis] : [])));
    const integers = (what: string, values: readonly number[]): number =>
      writer.integers(`${op.name}.${what}`, [values.length], values);
    return {
      inputs: [
        op.input,
        integers('begin', op.begin),
        integers(
          'end',
          ends.map((end) => Math.max(0, end)),
        ),
        integers('strides', op.strides),
      ],
      optionsType: OPTIONS.stridedSlice,
      options: table({
        [STRIDED_SLICE_OPTIONS.endMask]: i32(endMask),
        [STRIDED_SLICE_OPTIONS.shrinkAxisMask]: i32(maskOf(shrunk)),
      }),
    };
  },
};
