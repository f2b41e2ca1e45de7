import { err, ok, type Result } from '#libs/base/result';
import { checkGraph, type Graph, type Op, type Tensor, tensorId } from '#libs/model/ir';
import { asRefusal, Refusal } from './flatbuffer/refusal';
import { type ImportError, type ImportProblem, Problems } from './import-error';
import { importTensor, tensorName } from './import-tensors';
import { DEFAULT_LIMITS, type ImportLimits } from './limits';
import { formatOfBuiltin, SUPPORTED_OPERATORS } from './operators';
import { AlreadyRefused, OperatorReader } from './operators/operator-reader';
import { type ModelFile, type OperatorEntry, readModel } from './read-model';

export interface ImportOptions {
  /** The graph's name; without it the name that the file gives. */
  readonly name?: string;
  readonly limits?: Partial<ImportLimits>;
}

/** What a graph is called when neither the caller nor the file says. */
const UNNAMED = 'model';

/**
 * A .tflite file as a graph, or every reason why not. The bytes may be hostile: time and memory are bounded by their
 * number and the limits.
 *
 * 1. Take a copy of the bytes, which the constants of the graph will be views of.
 * 2. Read the tables, each position checked: what is out of place ends the import here.
 * 3. Turn tensors, then operators into the graph's, collecting what does not suit.
 * 4. Check that the operators fit together.
 */
export function importTflite(bytes: Uint8Array, options: ImportOptions = {}): Result<Graph, ImportError> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const problems = new Problems();
  const graph = readGraph(bytes, limits, problems);
  const error = problems.toError();
  if (error !== undefined) return err(error);
  const named = { ...graph, name: options.name ?? graph.name };
  return ok(named);
}

const NOTHING: Graph = { name: UNNAMED, tensors: [], ops: [], inputs: [], outputs: [] };

/** The graph, where `problems` stays empty. */
function readGraph(bytes: Uint8Array, limits: ImportLimits, problems: Problems): Graph {
  try {
    const isTooLarge = bytes.length > limits.fileBytes;
    const model = readModel(isTooLarge ? bytes : new Uint8Array(bytes), limits);
    const tensors = importTensors(model, limits, problems);
    const ops = importOperators(model, tensors, problems);
    checkEnds(model, problems);
    if (!problems.isEmpty) return NOTHING;
    const graph = {
      name: model.name || UNNAMED,
      tensors: tensors.filter((tensor) => tensor !== undefined),
      ops,
      inputs: model.inputs.map(tensorId),
      outputs: model.outputs.map(tensorId),
    };
    for (const message of checkGraph(graph)) problems.add({ code: 'tflite.inconsistent', message });
    return graph;
  } catch (error) {
    problems.addRefusal(asRefusal(error));
    return NOTHING;
  }
}

function importTensors(
  model: ModelFile,
  limits: ImportLimits,
  problems: Problems,
): readonly (Tensor | undefined)[] {
  return model.tensors.map((_, index) => {
    try {
      return importTensor(model, index, limits);
    } catch (error) {
      problems.addRefusal(asRefusal(error));
      return undefined;
    }
  });
}

function importOperators(
  model: ModelFile,
  tensors: readonly (Tensor | undefined)[],
  problems: Problems,
): readonly Op[] {
  return model.operators.flatMap((entry, index) => {
    try {
      return [importOperator(entry, tensors)];
    } catch (error) {
      if (!(error instanceof AlreadyRefused))
        problems.addRefusal(asRefusal(error), placeOf(model, entry, index));
      return [];
    }
  });
}

function importOperator(entry: OperatorEntry, tensors: readonly (Tensor | undefined)[]): Op {
  const format = formatOfBuiltin(entry.builtin);
  if (format === undefined) {
    throw new Refusal(
      'tflite.unsupported-operator',
      `not supported; the supported operators are ${SUPPORTED_OPERATORS.join(', ')}`,
    );
  }
  return format.read(new OperatorReader(entry, tensors));
}

function placeOf(
  model: ModelFile,
  entry: OperatorEntry,
  index: number,
): NonNullable<ImportProblem['operator']> {
  const output = entry.outputs[0] ?? -1;
  return { index, kind: entry.kind, output: tensorName(model.tensors[output], output) };
}

/** A model must take something and give something, and name existing tensors once. */
function checkEnds(model: ModelFile, problems: Problems): void {
  for (const [what, numbers] of [
    ['inputs', model.inputs],
    ['outputs', model.outputs],
  ] as const) {
    const isSound =
      numbers.length > 0 &&
      new Set(numbers).size === numbers.length &&
      numbers.every((number) => model.tensors[number] !== undefined);
    if (!isSound)
      problems.add({
        code: 'tflite.inconsistent',
        message: `the ${what} of the model are tensors [${numbers.join(',')}]`,
      });
  }
}
