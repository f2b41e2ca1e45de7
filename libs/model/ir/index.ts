/**
 * The intermediate representation: what a model is, once it is no longer a file.
 *
 * Owns: tensors, operators, graphs, and the rules each operator must tell about itself.
 * Invariant: a graph that leaves a pass has no fault (`checkGraph`).
 */
export * from './tensor';
export * from './graph';
export * from './ops';
export * from './folded-add';
export * from './gradient-storage';
export * from './layers';
export * from './objective';
export * from './output-scale';
export * from './uses';
export * from './variables';
export { checkGraph } from './check-graph';
export { dumpGraph, graphMacs, parameterCount } from './dump-graph';
