/**
 * Codegen: a graph, a plan and a parameter layout in; readable C and the parameter image out. Text in memory, no disk.
 *
 * Owns: `model.c` and `model_config.h` (they implement firmware-templates/runtime/fl_model.h), the parameter image
 * (firmware-templates/FORMATS.md), the layout of states and deltas.
 * Segments of a plan that run row by row become one loop each (model/parts.ts): a table of which operator is next, a counter
 * of rows for each, a case for each. Everything else is one block a call.
 * Invariant: the same inputs give the same bytes; nothing of a model's names reaches C but letters and digits; parameters
 * are only in the image, so one build serves every version of a model whose layout id is the same.
 *
 * @example
 * const layout = parameterLayout(inference);
 * const model = generate({ graph: training, plan, layout });
 * if (!model.ok) return model; // 'codegen.unsupported', with every operator that has no kernel
 * const image = packParameters(inference);
 */
export { generate, type GeneratedModel, type GenerateRequest, type SourceFile } from './generate';
export {
  type ModelFacts,
  type Port,
  type PrefixFacts,
  readsRows,
  sampleBytesOf,
  traceBytes,
  type TracedCall,
} from './model/facts';
export { sessionLayout, type SessionLayout, type VariableLayout } from './model/variables';
export type { Unsupported } from './model/unsupported';
export {
  checkParameters,
  dspFilter,
  type ConstantLayout,
  packParameters,
  PARAMETER_HEAD_BYTES,
  parameterLayout,
  type ParameterFault,
  type ParameterLayout,
  type ParameterUse,
} from './parameters';
