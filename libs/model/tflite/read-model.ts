import { FlatBufferView } from './flatbuffer/flatbuffer-view';
import { Refusal } from './flatbuffer/refusal';
import { TableView } from './flatbuffer/table-view';
import { quoted } from './import-error';
import { type ImportLimits, VECTOR_LIMITS } from './limits';
import { builtinOperatorName, BUILTIN } from './schema/builtin-operators';
import { FILE_IDENTIFIER, SCHEMA_VERSION } from './schema/enums';
import { BUFFER, MODEL, OPERATOR, OPERATOR_CODE, QUANTIZATION, SUBGRAPH, TENSOR } from './schema/fields';

/** A file as its tables say, structurally sound but with no sense made of it yet. */
export interface ModelFile {
  readonly name: string;
  readonly buffers: readonly BufferEntry[];
  readonly tensors: readonly TensorEntry[];
  readonly operators: readonly OperatorEntry[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface BufferEntry {
  /** A view of the file, absent where the buffer is empty. */
  readonly data?: Uint8Array;
  /** The data lies behind the flatbuffer (models over 2 GB). */
  readonly isExternal: boolean;
}

export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly buffer: number;
  readonly quantization?: QuantizationEntry;
  readonly isVariable: boolean;
  readonly isSparse: boolean;
}

export interface QuantizationEntry {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
  /** Quantised by a scheme of its own (CustomQuantization). */
  readonly isCustom: boolean;
  /** The scales in the file, little-endian float32: where a patch writes. */
  readonly scaleBytes: Uint8Array;
}

export interface OperatorEntry {
  readonly builtin: number;
  /** For people: `CONV_2D`, `CUSTOM "Name"`. */
  readonly kind: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly optionsType: number;
  readonly options?: TableView;
}

/** Reads the tables of a file. Throws a `Refusal` where the bytes are no such file; the data of constants stay views of `bytes`. */
export function readModel(bytes: Uint8Array, limits: ImportLimits): ModelFile {
  checkHeader(bytes, limits);
  const model = TableView.root(new FlatBufferView(bytes));
  const version = model.u32(MODEL.version);
  if (version !== SCHEMA_VERSION) {
    throw new Refusal(
      'tflite.unsupported-version',
      `schema version ${version}; only version ${SCHEMA_VERSION} is read`,
    );
  }
  const graph = onlySubgraph(model);
  const codes = model.tables(MODEL.operatorCodes, limits.operators).map(readOperatorCode);
  const { operands, nameBytes } = VECTOR_LIMITS;
  return {
    name: graph.text(SUBGRAPH.name, nameBytes),
    buffers: model.tables(MODEL.buffers, 4 * limits.tensors).map((table) => readBuffer(table, limits)),
    tensors: graph.tables(SUBGRAPH.tensors, limits.tensors).map(readTensor),
    operators: graph.tables(SUBGRAPH.operators, limits.operators).map((table) => readOperator(table, codes)),
    inputs: graph.i32s(SUBGRAPH.inputs, operands),
    outputs: graph.i32s(SUBGRAPH.outputs, operands),
  };
}

function checkHeader(bytes: Uint8Array, limits: ImportLimits): void {
  if (bytes.length < 8)
    throw new Refusal('tflite.too-short', `${bytes.length} bytes are no TensorFlow Lite model`);
  if (bytes.length > limits.fileBytes) {
    throw new Refusal(
      'tflite.too-large',
      `the file has ${bytes.length} bytes, the limit is ${limits.fileBytes}`,
    );
  }
  const identifier = String.fromCharCode(...bytes.subarray(4, 8));
  if (identifier !== FILE_IDENTIFIER) {
    throw new Refusal(
      'tflite.not-tflite',
      `bytes 4 to 7 of a TensorFlow Lite model read ${FILE_IDENTIFIER}, here they do not`,
    );
  }
}

function onlySubgraph(model: TableView): TableView {
  const [graph, ...others] = model.tables(MODEL.subgraphs, VECTOR_LIMITS.operands);
  if (graph === undefined) throw new Refusal('tflite.corrupt', 'the file holds no subgraph');
  if (others.length === 0) return graph;
  throw new Refusal(
    'tflite.unsupported-option',
    `the file holds ${others.length + 1} subgraphs; export the model as one, without control flow and signatures of its own`,
  );
}

interface OperatorCode {
  readonly builtin: number;
  readonly kind: string;
}

/** Codes up to 126 stand in a byte field as well; the greater of the two counts, as in GetBuiltinCode of schema_utils.cc. */
function readOperatorCode(table: TableView): OperatorCode {
  const builtin = Math.max(
    table.i8(OPERATOR_CODE.deprecatedBuiltinCode),
    table.i32(OPERATOR_CODE.builtinCode),
  );
  const name = builtinOperatorName(builtin);
  const custom = table.text(OPERATOR_CODE.customCode, VECTOR_LIMITS.nameBytes);
  return { builtin, kind: builtin === BUILTIN.custom ? `${name} ${quoted(custom)}` : name };
}

function readBuffer(table: TableView, limits: ImportLimits): BufferEntry {
  const data = table.view(BUFFER.data, 1, limits.fileBytes);
  const isExternal = table.has(BUFFER.offset) || table.has(BUFFER.size);
  return { ...(data && data.length > 0 && { data }), isExternal };
}

function readTensor(table: TableView): TensorEntry {
  const quantization = table.table(TENSOR.quantization);
  return {
    name: table.text(TENSOR.name, VECTOR_LIMITS.nameBytes),
    shape: table.i32s(TENSOR.shape, VECTOR_LIMITS.dimensions),
    type: table.i8(TENSOR.type),
    buffer: table.u32(TENSOR.buffer),
    ...(quantization && { quantization: readQuantization(quantization) }),
    isVariable: table.flag(TENSOR.isVariable),
    isSparse: table.has(TENSOR.sparsity),
  };
}

function readQuantization(table: TableView): QuantizationEntry {
  return {
    scales: table.f32s(QUANTIZATION.scale, VECTOR_LIMITS.channels),
    zeroPoints: table.i64s(QUANTIZATION.zeroPoint, VECTOR_LIMITS.channels),
    axis: table.i32(QUANTIZATION.quantizedDimension),
    isCustom: table.u8(QUANTIZATION.detailsType) !== 0,
    scaleBytes: table.view(QUANTIZATION.scale, 4, VECTOR_LIMITS.channels) ?? new Uint8Array(),
  };
}

function readOperator(table: TableView, codes: readonly OperatorCode[]): OperatorEntry {
  const index = table.u32(OPERATOR.opcodeIndex);
  const code = codes[index];
  if (code === undefined)
    throw new Refusal('tflite.corrupt', `an operator names code ${index} of ${codes.length}`);
  const options = table.table(OPERATOR.options);
  return {
    ...code,
    inputs: table.i32s(OPERATOR.inputs, VECTOR_LIMITS.operands),
    outputs: table.i32s(OPERATOR.outputs, VECTOR_LIMITS.operands),
    optionsType: table.u8(OPERATOR.optionsType),
    ...(options && { options }),
  };
}
