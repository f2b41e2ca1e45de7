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
 * What a file may hold: int8 operators (`SUPPORTED_OPERATORS`) with shapes and other parameters constant, and float32 or
 * uint8 only where QUANTIZE and DEQUANTIZE make a boundary. What TensorFlow Lite Micro computes is computed, also where a
 * converter would not write it (a RESHAPE between two scales); what can not be computed exactly is refused.
 *
 * Hostile bytes: every position is checked before it is read, what is read in all is bounded by the length of the file
 * (`FlatBufferView`), and `ImportLimits` bounds what comes of it: tensors, operators, elements, the memory and the
 * multiply-accumulates of one inference. `npm run fuzz -- import` holds it to that.
 *
 * To support another operator: its format in `operators/<name>.ts`, one line in `operators/index.ts`, a model in
 * `test/fuzz/import/seed-models.ts`.
 */
export { importTflite, type ImportOptions } from './import-tflite';
export type { ImportError, ImportProblem } from './import-error';
export { DEFAULT_LIMITS, type ImportLimits } from './limits';
export { SUPPORTED_OPERATORS } from './operators';
export { patchTflite, type TensorPatch } from './patch-tflite';
export { writeTflite, type WriteOptions } from './write-tflite';
