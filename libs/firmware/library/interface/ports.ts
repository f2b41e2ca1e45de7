import { at, invariant } from '#libs/base/result';
import type { ModelFacts } from '#libs/firmware/codegen';
import { elementCount, type Graph, type Tensor, tensorOf } from '#libs/model/ir';
import { shownText } from '../c-name';
import { byteTypeOf } from './element-types';
import { modeOf } from '../mode';
import { define } from './define';

type Port = ModelFacts['inputs'][number];

/** float32 as a C literal: nine digits name it exactly. */
const floatLiteral = (value: number): string => `${value.toPrecision(9)}f`;
const signed = (value: number): string => (value < 0 ? `(${value})` : String(value));

function quantisationOf({ quantization }: Tensor, prefix: string): readonly string[] {
  const scale = quantization?.scales[0];
  if (scale === undefined) return [];
  return [
    define(`${prefix}_SCALE`, floatLiteral(scale)),
    define(`${prefix}_ZERO_POINT`, signed(quantization?.zeroPoints[0] ?? 0)),
  ];
}

/** Of an input that is asked for row by row. */
const rowsOf = ({ bytes, rowBytes }: Port, prefix: string): readonly string[] =>
  rowBytes === undefined
    ? []
    : [define(`${prefix}_ROWS`, `${bytes / rowBytes}u`), define(`${prefix}_ROW_BYTES`, `${rowBytes}u`)];

function portText(graph: Graph, port: Port, kind: 'input' | 'output', prefix: string): string {
  const tensor = tensorOf(graph, port.tensor);
  const { name, shape } = tensor;
  const extents = shape.join(', ');
  const ofRank = shape.length === 0 ? [] : [define(`${prefix}_SHAPE`, `{${extents}}`)];
  return [
    `/* ${kind} "${shownText(name)}": ${byteTypeOf(tensor)}[${extents}], row-major */`,
    define(`${prefix}_ELEMENTS`, `${elementCount(shape)}u`),
    define(`${prefix}_RANK`, shape.length),
    ...ofRank,
    ...rowsOf(port, prefix),
    ...quantisationOf(tensor, prefix),
  ].join('\n');
}

/** The constants of all inputs and outputs. The output of a model that trains are its logits, which have a function. */
export function portConstants(graph: Graph, facts: ModelFacts, prefix: string): string {
  const { inputs, outputs, training } = facts;
  const of = (ports: readonly Port[], kind: 'input' | 'output'): readonly string[] =>
    ports.map((port, i) => portText(graph, port, kind, `${prefix}_${kind.toUpperCase()}_${i}`));
  invariant(
    facts.inputsInArena || inputs.length === 1 || modeOf(facts) === 'rows',
    `${graph.name}: several inputs outside the arena`,
  );
  const counts = [
    define(`${prefix}_INPUTS`, inputs.length),
    define(`${prefix}_INPUT_BYTES`, `${facts.inputBytes}u`, 'all inputs together'),
    ...(training
      ? [define(`${prefix}_CLASSES`, `${training.classes}u`)]
      : [
          define(`${prefix}_OUTPUTS`, outputs.length),
          define(`${prefix}_OUTPUT_BYTES`, `${facts.outputBytes}u`, 'all outputs together'),
        ]),
  ];
  return [counts.join('\n'), ...of(inputs, 'input'), ...(training ? [] : of(outputs, 'output'))].join('\n\n');
}

/** Type, shape and quantisation of an input or output, for people. */
export const describePort = (graph: Graph, port: Port): string => {
  const tensor = tensorOf(graph, port.tensor);
  const { name, shape, quantization } = tensor;
  const scale = quantization?.scales[0];
  const affine = scale === undefined ? '' : `, scale ${scale}, zero point ${at(quantization!.zeroPoints, 0)}`;
  const rows = port.rowBytes === undefined ? '' : `, read in ${port.bytes / port.rowBytes} rows`;
  return `\`${shownText(name)}\`: ${byteTypeOf(tensor)}[${shape.join(', ')}]${affine}${rows}`;
};
