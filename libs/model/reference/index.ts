/**
 * The oracle: every operator executed slowly and plainly on typed arrays, exactly as INFERENCE and NUMERICS write it. All engines
 * (ARM, wasm, native) must give these bytes.
 *
 * Owns: one file an operator (ops/), the run of an inference graph, the training session.
 * Invariant: integers only once constants are computed; no state but the tensors.
 *
 * @example
 * const values = runGraph(inference, [input]);          // every tensor, by id
 * const session = createSession(unwrap(trainingGraph(inference, scheme)));
 * session.forward(input);
 * const loss = session.loss(label);
 * session.backward({ seed, index: 0, rates: uniformRates(0.02) });
 */
export { createSession, type TrainingSession } from './training-session';
export { featureMaker } from './feature-maker';
export { type InputValue, runGraph } from './run-graph';
export { type EnergyRow, gradientEnergies, type LayerEnergies } from './gradient-energies';
export type { Step } from './machine';
export { type BlockFloat, Memory, NONE, type Value } from './memory';
