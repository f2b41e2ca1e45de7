import {
  blob,
  type Field,
  f32Vector,
  i32,
  i32Vector,
  i64Vector,
  i8,
  table,
  type TableNode,
  tables,
  text,
} from '../../libs/model/tflite/flatbuffer/flatbuffer-nodes';
import { writeFlatbuffer } from '../../libs/model/tflite/flatbuffer/write-flatbuffer';
import {
  MODEL,
  OPERATOR,
  OPERATOR_CODE,
  QUANTIZATION,
  SUBGRAPH,
  TENSOR,
} from '../../libs/model/tflite/schema/fields';

type Fields = Readonly<Record<number, Field | undefined>>;

/** The quantisation of an int8 tensor. */
export const affine = (
  scales: readonly number[] = [0.5],
  zeroPoints: readonly number[] = [3],
  axis = 0,
): TableNode =>
  table({
    [QUANTIZATION.scale]: f32Vector(scales),
    [QUANTIZATION.zeroPoint]: i64Vector(zeroPoints),
    [QUANTIZATION.quantizedDimension]: i32(axis),
  });

/** The fields of a quantised int8 tensor, `changes` in place of some. */
export const rawTensor = (name: string, shape: readonly number[], changes: Fields = {}): Fields => ({
  [TENSOR.shape]: i32Vector(shape),
  [TENSOR.type]: i8(9),
  [TENSOR.name]: text(name),
  [TENSOR.quantization]: affine(),
  ...changes,
});

export const rawBuffer = (bytes: Uint8Array): TableNode => table({ 0: blob(bytes) });

export interface RawFile {
  readonly version: number;
  readonly builtin: number;
  readonly customCode: string;
  readonly tensors: readonly Fields[];
  /** The only operator: RESHAPE of tensor 0 to tensor 1, where not told otherwise. */
  readonly operator: Fields;
  readonly buffers: readonly TableNode[];
  readonly subgraphs: number;
  readonly identifier: string;
}

const RESHAPE = 22;

/** A file made field by field, so that each can be made wrong: a RESHAPE of [1,4] to [2,2] with `changes`. */
export function rawFile(changes: Partial<RawFile> = {}): Uint8Array {
  const {
    version = 3,
    builtin = RESHAPE,
    subgraphs = 1,
    identifier = 'TFL3',
    buffers = [table({})],
  } = changes;
  const tensors = changes.tensors ?? [rawTensor('in', [1, 4]), rawTensor('out', [2, 2])];
  const operator = {
    [OPERATOR.inputs]: i32Vector([0]),
    [OPERATOR.outputs]: i32Vector([1]),
    ...changes.operator,
  };
  const code = table({
    [OPERATOR_CODE.builtinCode]: i32(builtin),
    [OPERATOR_CODE.customCode]: changes.customCode === undefined ? undefined : text(changes.customCode),
  });
  const subgraph = table({
    [SUBGRAPH.tensors]: tables(tensors.map(table)),
    [SUBGRAPH.inputs]: i32Vector([0]),
    [SUBGRAPH.outputs]: i32Vector([1]),
    [SUBGRAPH.operators]: tables([table(operator)]),
  });
  const model = table({
    [MODEL.version]: i32(version),
    [MODEL.operatorCodes]: tables([code]),
    [MODEL.subgraphs]: tables([subgraph, table({}), table({})].slice(0, subgraphs)),
    [MODEL.buffers]: tables(buffers),
  });
  return writeFlatbuffer(model, identifier);
}
