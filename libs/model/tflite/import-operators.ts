import { type InferenceOp, type Op, ruleOf, type Tensor } from '#libs/model/ir';
import { Refusal } from './flatbuffer/refusal';
import { checkFloatBoundary } from './float-boundary';
import type { ImportProblem, Problems } from './import-error';
import { type ImportedTensor, tensorName } from './import-tensors';
import { formatOfBuiltin, SUPPORTED_OPERATORS } from './operators';
import { OperatorReader } from './operators/operator-reader';
import type { ModelFile, OperatorEntry } from './read-model';

const UNSUPPORTED = 'tflite.unsupported-operator';

/** The operators in the order of the file, collecting every problem of each. */
export function importOperators(
  model: ModelFile,
  imported: readonly ImportedTensor[],
  problems: Problems,
): readonly Op[] {
  const tensors = imported.map(({ tensor }) => tensor);
  const places = model.operators.map((entry, index) => placeOf(model, entry, index));
  const ops = model.operators.map((entry, index): InferenceOp | undefined => {
    const { op, problems: found } = importOperator(entry, imported);
    const faults = op === undefined ? [] : shapeFaults(op, tensors);
    for (const refusal of [...found, ...faults]) problems.addRefusal(refusal, places[index]);
    if (found.some(({ code }) => code === UNSUPPORTED))
      problems.note(`supported operators are ${SUPPORTED_OPERATORS.join(', ')}`);
    return op;
  });
  checkFloatBoundary({ model, tensors, ops }, (index, refusal) =>
    problems.addRefusal(refusal, places[index]),
  );
  return ops.filter((op) => op !== undefined);
}

function importOperator(
  entry: OperatorEntry,
  imported: readonly ImportedTensor[],
): ReturnType<typeof OperatorReader.prototype.collect<InferenceOp>> {
  const format = formatOfBuiltin(entry.builtin);
  if (format !== undefined)
    return new OperatorReader(entry, imported).collect((reader) => format.read(reader));
  return {
    problems: [new Refusal(UNSUPPORTED, 'not supported; it must be expressed with supported operators')],
  };
}

/** What the operator's own rule says about the shapes of its tensors. */
const shapeFaults = (op: Op, tensors: readonly Tensor[]): readonly Refusal[] =>
  ruleOf(op)
    .check(op, { name: '', tensors, ops: [], inputs: [], outputs: [] })
    .map((what) => new Refusal('tflite.inconsistent', what));

function placeOf(
  model: ModelFile,
  entry: OperatorEntry,
  index: number,
): NonNullable<ImportProblem['operator']> {
  const output = entry.outputs[0] ?? -1;
  return { index, kind: entry.kind, output: tensorName(model.tensors[output], output) };
}
