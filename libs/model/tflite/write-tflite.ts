import { err, ok, type Result } from '#libs/base/result';
import {
  type Graph,
  isGradientType,
  type Op,
  type Quantization,
  type Role,
  ruleOf,
  type Tensor,
} from '#libs/model/ir';
import {
  blob,
  f32Vector,
  i32,
  i32Vector,
  i64Vector,
  i8,
  type BytesNode,
  table,
  type TableNode,
  tables,
  text,
} from './flatbuffer/flatbuffer-nodes';
import { asRefusal, Refusal } from './flatbuffer/refusal';
import { writeFlatbuffer } from './flatbuffer/write-flatbuffer';
import { quoted } from './import-error';
import { VECTOR_LIMITS } from './limits';
import { formatOf } from './operators';
import { OperatorWriter } from './operators/operator-writer';
import { FILE_IDENTIFIER, SCHEMA_VERSION, TENSOR_TYPE_CODES } from './schema/enums';
import { BUFFER, MODEL, OPERATOR, OPERATOR_CODE, QUANTIZATION, SUBGRAPH, TENSOR } from './schema/fields';

export interface WriteOptions {
  /** A sentence about the model, for people who open the file. */
  readonly description?: string;
}

/** Roles that a file can express; those of training graphs it can't. */
const FILE_ROLES: ReadonlySet<Role> = new Set<Role>(['input', 'constant', 'activation']);

/**
 * A graph as a .tflite file that TensorFlow Lite runs. The same graph gives the same bytes. Reading them gives an equal
 * graph; where an operand such as the borders of a PAD is no constant of the graph, the file has one more tensor at the end.
 *
 * Refusal `tflite.not-expressible`: the graph holds what the format has no words for, such as training operators.
 */
export function writeTflite(graph: Graph, options: WriteOptions = {}): Result<Uint8Array> {
  try {
    return ok(writeFlatbuffer(modelTable(graph, options), FILE_IDENTIFIER));
  } catch (error) {
    const { code, message } = asRefusal(error);
    return err({ code, message });
  }
}

function modelTable(graph: Graph, options: WriteOptions): TableNode {
  const codes = new OperatorCodes();
  const tensors = [...graph.tensors];
  const operators = graph.ops.map((op) => operatorTable(op, graph, tensors, codes));
  const buffers = new Buffers();
  const zeroPoints = new ZeroPoints();
  const subgraph = table({
    [SUBGRAPH.tensors]: tables(tensors.map((tensor) => tensorTable(tensor, buffers, zeroPoints))),
    [SUBGRAPH.inputs]: i32Vector(graph.inputs),
    [SUBGRAPH.outputs]: i32Vector(graph.outputs),
    [SUBGRAPH.operators]: tables(operators),
    [SUBGRAPH.name]: nameText(graph.name),
  });
  return table({
    [MODEL.version]: i32(SCHEMA_VERSION),
    [MODEL.operatorCodes]: tables(codes.tables),
    [MODEL.subgraphs]: tables([subgraph]),
    [MODEL.description]: text(options.description ?? 'Fleetlearn'),
    [MODEL.buffers]: tables(buffers.tables),
  });
}

/** Names that were not UTF-8 in their file have grown; what is too long to be read again is not written. */
function nameText(name: string): BytesNode {
  const node = text(name);
  if (node.count <= VECTOR_LIMITS.nameBytes) return node;
  throw new Refusal('tflite.not-expressible', `a name of ${node.count} bytes: ${quoted(name)}`);
}

/** One entry for each operator and version that occurs, in the order of first use. */
class OperatorCodes {
  private readonly indices = new Map<string, number>();
  readonly tables: TableNode[] = [];

  indexOf(builtin: number, version: number): number {
    const key = `${builtin}/${version}`;
    const known = this.indices.get(key);
    if (known !== undefined) return known;
    const index = this.tables.length;
    this.indices.set(key, index);
    this.tables.push(operatorCodeTable(builtin, version));
    return index;
  }
}

/** Interpreters before the 32-bit code field read the byte, which holds codes up to PLACEHOLDER_FOR_GREATER_OP_CODES. */
const LARGEST_BYTE_CODE = 127;

const operatorCodeTable = (builtin: number, version: number): TableNode =>
  table({
    [OPERATOR_CODE.deprecatedBuiltinCode]: i8(Math.min(builtin, LARGEST_BYTE_CODE)),
    [OPERATOR_CODE.version]: i32(version, 1),
    [OPERATOR_CODE.builtinCode]: i32(builtin),
  });

function operatorTable(op: Op, graph: Graph, tensors: Tensor[], codes: OperatorCodes): TableNode {
  const writer = new OperatorWriter(graph, op, tensors);
  const format = formatOf(op) ?? writer.refuse('exists only in training graphs');
  const { inputs, optionsType, options } = format.write(op, writer);
  return table({
    [OPERATOR.opcodeIndex]: i32(codes.indexOf(format.builtin(op), format.version(op, graph))),
    [OPERATOR.inputs]: i32Vector(inputs),
    [OPERATOR.outputs]: i32Vector(ruleOf(op).outputs(op)),
    [OPERATOR.optionsType]: i8(optionsType),
    [OPERATOR.options]: options,
  });
}

/** Data of the constants. Buffer 0 is empty by convention: it belongs to all tensors without data. */
class Buffers {
  readonly tables: TableNode[] = [table({})];

  indexOf(data: Uint8Array | undefined): number {
    if (data === undefined) return 0;
    this.tables.push(table({ [BUFFER.data]: blob(data) }));
    return this.tables.length - 1;
  }
}

function tensorTable(tensor: Tensor, buffers: Buffers, zeroPoints: ZeroPoints): TableNode {
  const { type, role, name, quantization } = tensor;
  if (type === 'mask' || isGradientType(type) || !FILE_ROLES.has(role)) {
    throw new Refusal(
      'tflite.not-expressible',
      `tensor ${quoted(name)} (${role}, ${type}) exists only in training graphs`,
    );
  }
  return table({
    [TENSOR.shape]: i32Vector(tensor.shape),
    [TENSOR.type]: i8(TENSOR_TYPE_CODES[type]),
    [TENSOR.buffer]: i32(buffers.indexOf(role === 'constant' ? tensor.data : undefined)),
    [TENSOR.name]: nameText(name),
    [TENSOR.quantization]: quantization && quantizationTable(quantization, zeroPoints),
  });
}

const quantizationTable = ({ scales, zeroPoints, axis }: Quantization, shared: ZeroPoints): TableNode =>
  table({
    [QUANTIZATION.scale]: f32Vector(scales),
    [QUANTIZATION.zeroPoint]: shared.vector(zeroPoints),
    [QUANTIZATION.quantizedDimension]: i32(axis),
  });

/** Per-channel zero points are all 0 and take 8 bytes each, so equal vectors are stored once. Scales never are: they are patched. */
class ZeroPoints {
  private readonly known = new Map<string, BytesNode>();

  vector(zeroPoints: readonly number[]): BytesNode {
    const key = zeroPoints.join();
    const vector = this.known.get(key) ?? i64Vector(zeroPoints);
    this.known.set(key, vector);
    return vector;
  }
}
