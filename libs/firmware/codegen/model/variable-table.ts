import { elementCount, type Graph, sliceOf, type Variable, variablesOf } from '#libs/model/ir';
import { offsetOf } from '../parameters/layout';
import { shownName } from './names';
import type { Places } from './places';

const KINDS = { weights: 'FL_VARIABLE_WEIGHTS', head: 'FL_VARIABLE_HEAD', bias: 'FL_VARIABLE_BIAS' } as const;

/** Taps and inputs of weights that are stored OHWI where OIHW is something else; 1 and 1 elsewhere (fl_model.h). */
function storageOrder({ kind, op, tensor }: Variable): { readonly taps: number; readonly inputs: number } {
  if (kind !== 'weights' || op.kind !== 'conv2d') return { taps: 1, inputs: 1 };
  const [, height = 1, width = 1, inputs = 1] = tensor.shape;
  const taps = height * width;
  return taps > 1 && inputs > 1 ? { taps, inputs } : { taps: 1, inputs: 1 };
}

/** How many elements follow each other in the start values, and how far apart such runs begin there. */
function runOf(graph: Graph, { op, tensor }: Variable): { readonly run: number; readonly stride: number } {
  const count = elementCount(tensor.shape);
  const { channels, of } = sliceOf(graph, tensor);
  const isRun = channels === of || op.kind === 'depthwiseConv2d';
  return isRun ? { run: count, stride: count } : { run: channels, stride: of };
}

/** Where the bits of channels lie whose biases are held whole (N1); 0 for variables that have none. */
const frozenOffset = ({ kind, op, layer }: Variable, places: Places): number =>
  kind === 'bias' && op.kind !== 'head' ? offsetOf(places.layer(layer), 'frozen') : 0;

/** `fl_model_variables`. */
export function variableTable(graph: Graph, places: Places): string {
  const rows = variablesOf(graph).map((variable) => {
    const { tensor, kind, op, layer } = variable;
    const { taps, inputs } = storageOrder(variable);
    const { run, stride } = runOf(graph, variable);
    const fields = [
      `.arena_offset = ${places.label(tensor.id)}`,
      `.parameter_offset = ${places.parameterOffset(tensor.id)}`,
      `.count = ${elementCount(tensor.shape)}`,
      `.kind = ${KINDS[kind]}`,
      `.taps = ${taps}`,
      `.inputs = ${inputs}`,
      `.run = ${run}`,
      `.stride = ${stride}`,
      `.frozen_offset = ${frozenOffset(variable, places)}`,
    ];
    return `    /* layer ${layer}, ${shownName(op.name)} */\n    {${fields.join(', ')}},`;
  });
  return ['const fl_variable fl_model_variables[FL_MODEL_VARIABLES] = {', ...rows, '};'].join('\n');
}
