import { refuse } from '../faults';
import { int, list, uint, type Field } from '../fields';
import { MAX_LEARNING_RATE_SEGMENTS } from '../limits';
import { invariant } from '#libs/base/result';

/** mantissa * 2^(exponent-15); mantissa 2^14..2^15-1, or 0 for no movement (NUMERICS N0, q15). */
export interface LearningRate {
  readonly mantissa: number;
  readonly exponent: number;
}

/** Learning rates from a step on, until the next segment (NUMERICS N10). */
export interface LearningRateSegment {
  /** Step counted from 0 in the session. */
  readonly firstStep: number;
  readonly weights: LearningRate;
  readonly bias: LearningRate;
  readonly head: LearningRate;
}

const MANTISSA = int(0, { least: 0, most: 0x7fff });
const EXPONENT = int(0, { least: -128, most: 127 });
const NUMBERS = [uint(0), MANTISSA, EXPONENT, MANTISSA, EXPONENT, MANTISSA, EXPONENT] as const;

const SEGMENT: Field<LearningRateSegment> = {
  key: 0,
  optional: false,
  read(value) {
    if (!Array.isArray(value) || value.length !== NUMBERS.length) {
      return refuse(
        'protocol.wrong-type',
        `a learning-rate segment is an array of ${NUMBERS.length} integers`,
      );
    }
    const [firstStep = 0, wm = 0, we = 0, bm = 0, be = 0, hm = 0, he = 0] = NUMBERS.map((one, i) =>
      one.read(value[i]),
    );
    return {
      firstStep,
      weights: { mantissa: wm, exponent: we },
      bias: { mantissa: bm, exponent: be },
      head: { mantissa: hm, exponent: he },
    };
  },
  write({ firstStep, weights, bias, head }) {
    const rates = [weights, bias, head].flatMap(({ mantissa, exponent }) => [
      MANTISSA.write(mantissa),
      EXPONENT.write(exponent),
    ]);
    return [firstStep, ...rates];
  },
};

/** 1..12 segments, the first from step 0 on, in ascending order. */
export function learningRates(key: number): Field<readonly LearningRateSegment[]> {
  const segments = list(key, MAX_LEARNING_RATE_SEGMENTS, SEGMENT);
  return {
    ...segments,
    read(value) {
      const read = segments.read(value);
      return areOrdered(read)
        ? read
        : refuse('protocol.out-of-range', `key ${key}: segments not in order from step 0`);
    },
    write(value) {
      invariant(areOrdered(value), 'learning-rate segments ascend from step 0');
      return segments.write(value);
    },
  };
}

const areOrdered = (segments: readonly LearningRateSegment[]): boolean =>
  segments[0]?.firstStep === 0 &&
  segments.every((one, i) => i === 0 || one.firstStep > (segments[i - 1]?.firstStep ?? 0));
