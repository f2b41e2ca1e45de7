import { ok } from '#libs/base/result';
import { formatTable, grouped } from '#libs/base/table';
import { defineCommand } from '../command';
import { describeModel, type ModelDescription, type TensorDescription } from '../model/describe-model';
import { readModel } from '../model/read-model';
import { jsonOption, modelWord, printJson } from './shared-parameters';

export const inspect = defineCommand({
  name: 'inspect',
  summary:
    'Shows what a model is made of: operators, tensors, cost, and what of it can be trained on a device.',
  words: [modelWord],
  options: { json: jsonOption },
  async run({ words: [path], options: { json } }, terminal) {
    const model = readModel(path);
    if (!model.ok) return model;
    const description = describeModel(model.value);
    if (json) printJson(terminal, description);
    else terminal.print(inspectText(description));
    return ok(undefined);
  },
});

function inspectText(model: ModelDescription): string {
  const rows = model.operators.map((op, index) => [
    String(index),
    op.kind,
    shortened(op.name),
    op.outputs.map(shapeText).join(', '),
    grouped(op.macs),
    grouped(op.parameters),
  ]);
  const total = ['', '', 'total', '', grouped(model.macs), grouped(model.parameters)];
  return [
    `${model.name}: ${grouped(model.fileBytes)} bytes, ${model.layers} layers with weights`,
    ...model.inputs.map((tensor) => `input   ${tensorText(tensor)}`),
    ...model.outputs.map((tensor) => `output  ${tensorText(tensor)}`),
    '',
    formatTable(OPERATOR_COLUMNS, rows, [total]),
    '',
    trainingText(model),
  ].join('\n');
}

const OPERATOR_COLUMNS = [
  { title: '#', align: 'right' },
  { title: 'operator', align: 'left' },
  { title: 'name', align: 'left' },
  { title: 'output', align: 'left' },
  { title: 'MACs', align: 'right' },
  { title: 'parameters', align: 'right' },
] as const;

const LONGEST_NAME = 32;

/** The end of a name tells operators apart; converters put whole paths before it. */
const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name;

const shapeText = ({ type, shape }: TensorDescription): string => `${type}[${shape.join(',')}]`;

function tensorText(tensor: TensorDescription): string {
  const { name, scale, zeroPoint } = tensor;
  const quantization =
    scale === undefined ? '' : `, scale ${Number(scale.toPrecision(7))}, zero point ${zeroPoint}`;
  return `${name} ${shapeText(tensor)}${quantization}`;
}

function trainingText({ training: { head, layersBeforeHead, obstacle }, layers }: ModelDescription): string {
  if (!head) return `cannot be trained on a device: ${obstacle}`;
  const others = layersBeforeHead === layers - 1 ? `all ${layersBeforeHead}` : `the last ${layersBeforeHead}`;
  const reason = obstacle ? ` (not more: ${obstacle})` : '';
  return `can be trained on a device: the head and ${others} layers before it${reason}`;
}
