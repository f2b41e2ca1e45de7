/**
 * Labelled int8 items: what a device learns from and what an evaluation is made on.
 *
 * Owns: the FLDS file (DATASET.md beside this file), the conversion of items to a model's input quantisation, and the
 * reading of a real corpus (fsdd.ts) into the same shape.
 * Invariant: a decoded dataset has one label an item and as many bytes an item as it says.
 *
 * @example
 * const dataset = decodeDataset(bytes);
 * if (dataset.ok) toInput(dataset.value, { scale: 0.0157, zeroPoint: -33 });
 */
export { type Dataset, type DatasetFault, decodeDataset, encodeDataset, item } from './dataset';
export {
  FSDD_FILES,
  FSDD_SPEAKERS,
  type FsddCorpus,
  fsddDataset,
  type FsddFault,
  type FsddSpeaker,
  type FsddSplit,
  readFsdd,
} from './fsdd';
export { requantize, toInput } from './requantize';
