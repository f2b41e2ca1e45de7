import type { FsddSpeaker } from '#libs/model/dataset';

/** Accuracy of each speaker, mean of three splits; 100 recordings to learn from, 400 to test on. */
export type Accuracies = Readonly<Record<FsddSpeaker, number>>;

/** The factory model on real speech, rescaled in floating point. */
export const ANCHOR_BEFORE: Accuracies = {
  george: 0.757,
  jackson: 0.504,
  lucas: 0.703,
  nicolas: 0.746,
  theo: 0.546,
  yweweler: 0.69,
};

/** What personalising the same network reached elsewhere. */
export interface Anchor {
  /** By PyTorch with float weights, at the rate that was best for it. */
  readonly pytorch: Accuracies;
  /** Mean of the six speakers by the all-integer reference program at rate 0.02. */
  readonly integerReference?: number;
}

/** By scheme, as `--scheme` names it. */
export const ANCHORS: Readonly<Record<string, Anchor>> = {
  sparse: {
    pytorch: { george: 0.963, jackson: 0.995, lucas: 0.98, nicolas: 0.958, theo: 0.908, yweweler: 0.95 },
    integerReference: 0.972,
  },
  last: {
    pytorch: { george: 0.927, jackson: 0.95, lucas: 0.95, nicolas: 0.931, theo: 0.82, yweweler: 0.851 },
  },
  full: {
    pytorch: { george: 0.955, jackson: 1, lucas: 0.995, nicolas: 0.98, theo: 0.948, yweweler: 0.965 },
    integerReference: 0.985,
  },
};
