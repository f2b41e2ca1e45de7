import { err, ok, type Result } from '#libs/base/result';
import { checkGraph, type Graph, graphMacs, type Tensor, tensorBytes, tensorId } from '#libs/model/ir';
import { asRefusal } from './flatbuffer/refusal';
import { type ImportError, Problems } from './import-error';
import { importOperators } from './import-operators';
import { importTensors } from './import-tensors';
import { DEFAULT_LIMITS, type ImportLimits } from './limits';
import { type ModelFile, readModel } from './read-model';

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
 * 3. Turn tensors, then operators into the graph's, collecting everything that does not suit.
 * 4. Check what the model would cost, and that the operators fit together.
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
    const imported = importTensors(model, limits, (refusal) => problems.addRefusal(refusal));
    const tensors = imported.map(({ tensor }) => tensor);
    const ops = importOperators(model, imported, problems);
    checkEnds(model, problems);
    const graph = {
      name: model.name || UNNAMED,
      tensors,
      ops,
      inputs: model.inputs.map(tensorId),
      outputs: model.outputs.map(tensorId),
    };
    const sound = imported.filter(({ isRefused }) => !isRefused).map(({ tensor }) => tensor);
    checkCost(sound, graphMacs(graph), { limits, problems });
    // A refused operator leaves gaps that would only be reported again.
    if (problems.isEmpty)
      for (const message of checkGraph(graph)) problems.add({ code: 'tflite.inconsistent', message });
    return problems.isEmpty ? graph : NOTHING;
  } catch (error) {
    problems.addRefusal(asRefusal(error));
    return NOTHING;
  }
}

/** Memory and time that the model would take; each tensor and window by itself is within its own limits. */
function checkCost(
  tensors: readonly Tensor[],
  macs: number,
  { limits, problems }: { readonly limits: ImportLimits; readonly problems: Problems },
): void {
  const bytes = tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  const costs = [
    ['bytes of tensors', bytes, limits.tensorBytes],
    ['multiply-accumulates', macs, limits.macs],
  ] as const;
  for (const [what, given, limit] of costs) {
    if (given <= limit) continue;
    problems.add({
      code: 'tflite.too-large',
      message: `the model has ${given} ${what}, the limit is ${limit}`,
    });
  }
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
