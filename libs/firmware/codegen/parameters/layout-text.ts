import { sha256 } from '#libs/base/bytes';
import { type Graph, type Op, ruleOf, type TensorId, tensorOf } from '#libs/model/ir';
import type { ParameterLayout } from './layout';

/** A uint32 that names a text: the first four bytes of its SHA-256, little-endian. */
export function textId(text: string): number {
  const digest = sha256(new TextEncoder().encode(text));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0, true);
}

/** Everything about an activation that generated code has compiled in. */
function activationText(graph: Graph, id: TensorId): string {
  const { type, shape, quantization } = tensorOf(graph, id);
  const scales = quantization ? ` ${quantization.scales.join(',')} ${quantization.zeroPoints.join(',')}` : '';
  return `${type}[${shape.join(',')}]${scales}`;
}

/** JSON with the keys of every object sorted. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}

const TENSOR_FIELDS = new Set(['input', 'inputs', 'output', 'weights', 'bias', 'mask']);

/** Attributes of an operator: what is neither its kind, its name nor a tensor. */
function attributesText({ kind: _kind, name: _name, ...others }: Op): string {
  return canonicalJson(Object.fromEntries(Object.entries(others).filter(([key]) => !TENSOR_FIELDS.has(key))));
}

/**
 * What generated code assumes about a model: operators, wiring, shapes, activation scales, and where each array lies. Names
 * and parameters (weights, biases, weight scales, values of constants) are left out: versions that differ in them share a
 * layout. A constant that is an operand is named by its number among them; its scale is compiled in like that of an activation.
 */
export function layoutText(
  graph: Graph,
  { use, layers, constants }: Pick<ParameterLayout, 'use' | 'layers' | 'constants'>,
): string {
  const names = new Map<TensorId, string>([
    ...constants.map(({ tensor }, i) => [tensor, `constant${i}`] as const),
    ...graph.inputs.map((id, i) => [id, `in${i}`] as const),
  ]);
  const nameOf = (id: TensorId): string => names.get(id) ?? activationText(graph, id).replace(/ .*/, '');
  const lines = graph.ops.map((op, index) => {
    const operands = ruleOf(op).inputs(op).map(nameOf);
    ruleOf(op)
      .outputs(op)
      .forEach((id, i) => names.set(id, `%${index}.${i}`));
    const results = ruleOf(op)
      .outputs(op)
      .map((id) => activationText(graph, id));
    return `%${index} ${op.kind}(${operands.join(', ')}) ${attributesText(op)} -> ${results.join(', ')}`;
  });
  const places = layers.map(({ layer, fields }) => {
    const list = fields.map(({ name, type, count, offset }) => `${name}:${type}*${count}@${offset}`);
    return `layer ${layer} ${list.join(' ')}`;
  });
  const inputs = graph.inputs.map((id) => activationText(graph, id)).join(', ');
  return [
    `fleetlearn parameters 1 ${use}`,
    `in ${inputs}`,
    ...lines,
    `out ${graph.outputs.map(nameOf).join(', ')}`,
    ...places,
    ...constants.map(({ tensor, offset }, i) => `constant${i} ${activationText(graph, tensor)} @${offset}`),
    '',
  ].join('\n');
}
