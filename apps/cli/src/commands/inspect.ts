import { ok } from '#libs/base/result';
import { formatTable, grouped } from '#libs/base/table';
import { defineCommand } from '../command';
import { describeModel, type ModelDescription, type PortDescription } from '../model/describe-model';
import { quantisationText, shapeText, shortName, type TensorDescription } from '../model/describe-tensor';
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
  const operators = model.operators.map((op, index) => [
    String(index),
    String(op.layer ?? ''),
    op.operator,
    shortName(op.name),
    op.outputs.map(shapeText).join(', '),
    grouped(op.macs),
    grouped(op.parameters),
  ]);
  const tensors = model.tensors.map((tensor) => [
    String(tensor.tensor),
    tensor.role,
    shortName(tensor.name),
    shapeText(tensor),
    grouped(tensor.bytes),
    quantisationText(tensor),
  ]);
  const total = ['', '', '', 'total', '', grouped(model.macs), grouped(model.parameters)];
  return [
    `${model.name}: ${grouped(model.fileBytes)} bytes, ${model.layers} layers with weights`,
    ...model.inputs.flatMap((port) => portLines('input ', port)),
    ...model.outputs.flatMap((port) => portLines('output', port)),
    '',
    formatTable(OPERATOR_COLUMNS, operators, [total]),
    '',
    formatTable(TENSOR_COLUMNS, tensors),
    '',
    ...trainingLines(model),
  ].join('\n');
}

const OPERATOR_COLUMNS = [
  { title: '#', align: 'right' },
  { title: 'layer', align: 'right' },
  { title: 'operator', align: 'left' },
  { title: 'name', align: 'left' },
  { title: 'output', align: 'left' },
  { title: 'MACs', align: 'right' },
  { title: 'parameters', align: 'right' },
] as const;

const TENSOR_COLUMNS = [
  { title: 'tensor', align: 'right' },
  { title: 'role', align: 'left' },
  { title: 'name', align: 'left' },
  { title: 'shape', align: 'left' },
  { title: 'bytes', align: 'right' },
  { title: 'quantisation', align: 'left' },
] as const;

function portLines(what: string, port: PortDescription): readonly string[] {
  const outside = `${what}  ${tensorText(port)}`;
  return port.int8 ? [outside, `        --int8: ${tensorText(port.int8)}`] : [outside];
}

function tensorText(tensor: TensorDescription): string {
  const quantisation = quantisationText(tensor);
  return `${shortName(tensor.name)} ${shapeText(tensor)}${quantisation && `, ${quantisation}`}`;
}

function trainingLines({ training, layers }: ModelDescription): readonly string[] {
  const { head, layersBeforeHead, obstacle, schemes } = training;
  if (!head) return [`cannot be trained on a device: ${obstacle}`];
  const others = layersBeforeHead === layers - 1 ? `all ${layersBeforeHead}` : `the last ${layersBeforeHead}`;
  const reason = obstacle ? ` (not more: ${obstacle})` : '';
  return [
    `can be trained on a device: the head and ${others} layers before it${reason}`,
    `schemes: ${schemes.map(({ name }) => name).join(', ')}`,
  ];
}
