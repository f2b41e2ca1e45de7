/**
 * TensorFlow Lite files: how a model comes in and how it leaves.
 *
 * Owns: reading a .tflite file into a graph, writing a graph as a file, and replacing trained values inside a file.
 * Only this library knows the format; it needs neither generated schema code nor a flatbuffer package.
 *
 * Invariant: whatever the bytes, the answer is a graph without fault or a list of reasons; reading what was written
 * gives the same graph.
 *
 * @example
 * const graph = importTflite(bytes);
 * if (!graph.ok) return graph; // graph.error.problems: every operator and tensor that does not suit, with its reason
 * const weights = tensorOf(graph.value, layer.weights); // ids are the file's tensor numbers
 * const trained = patchTflite(bytes, [{ tensor: weights.id, data: newWeights }]);
 *
 * To support another operator: its format in `operators/<name>.ts`, one line in `operators/index.ts`.
 */
export { importTflite, type ImportOptions } from './import-tflite';
export type { ImportError, ImportProblem } from './import-error';
export { DEFAULT_LIMITS, type ImportLimits } from './limits';
export { SUPPORTED_OPERATORS } from './operators';
export { patchTflite, type TensorPatch } from './patch-tflite';
export { writeTflite, type WriteOptions } from './write-tflite';
