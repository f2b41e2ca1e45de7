import { err, type Fault, fault, ok, type Result } from '#libs/base/result';
import type { LearningRates } from '#libs/model/session';
import { defaultRates, type SparseScheme } from '#libs/model/scheme';
import { parseByteSize } from '../byte-size';
import type { Affine } from './read-rows';

/** Numbers as they are typed. */
export interface SessionWords {
  readonly epochs: string;
  readonly seed: string;
  readonly lr: string | undefined;
  readonly 'head-lr': string | undefined;
  readonly 'label-stride': string | undefined;
  readonly 'data-scale': string | undefined;
  readonly 'data-zero': string | undefined;
  readonly sram: string | undefined;
}

/** The same, checked. */
export interface SessionNumbers {
  readonly epochs: number;
  readonly seed: number;
  readonly lr: number | undefined;
  readonly headLr: number | undefined;
  readonly labelStride: number;
  readonly quantisation: Affine | undefined;
  readonly sramBytes: number | undefined;
}

const MOST_EPOCHS = 1000;
const MOST_SEED = 2 ** 32 - 1;
const MOST_STRIDE = 4096;
/** Beyond these every step is 0, or at the clip of N7. */
const RATES = { least: 1e-7, most: 64 };

/** Refused: `train.bad-number`, `train.bad-rate`, `train.bad-quantisation`, `usage`. */
export function readNumbers(words: SessionWords): Result<SessionNumbers> {
  const epochs = readWholeNumber('--epochs', words.epochs, 1, MOST_EPOCHS);
  if (!epochs.ok) return epochs;
  const seed = readWholeNumber('--seed', words.seed, 0, MOST_SEED);
  if (!seed.ok) return seed;
  const stride = readWholeNumber('--label-stride', words['label-stride'] ?? '1', 1, MOST_STRIDE);
  if (!stride.ok) return stride;
  const lr = rate('--lr', words.lr);
  if (!lr.ok) return lr;
  const headLr = rate('--head-lr', words['head-lr']);
  if (!headLr.ok) return headLr;
  const quantisation = readQuantisation(words['data-scale'], words['data-zero']);
  if (!quantisation.ok) return quantisation;
  const sram = words.sram === undefined ? ok(undefined) : parseByteSize('--sram', words.sram);
  if (!sram.ok) return sram;
  return ok({
    epochs: epochs.value,
    seed: seed.value,
    lr: lr.value,
    headLr: headLr.value,
    labelStride: stride.value,
    quantisation: quantisation.value,
    sramBytes: sram.value,
  });
}

/** `--lr` is for weights and biases and, where `--head-lr` does not say another, the head; else the scheme's own. */
export function ratesOf(
  scheme: SparseScheme,
  { lr, headLr }: Pick<SessionNumbers, 'lr' | 'headLr'>,
): LearningRates {
  const own = defaultRates(scheme);
  return { weights: lr ?? own.weights, bias: lr ?? own.bias, head: headLr ?? lr ?? own.head };
}

/** Refused: `train.bad-number`. */
export function readWholeNumber(option: string, text: string, least: number, most: number): Result<number> {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most
    ? ok(value)
    : err(
        fault(
          'train.bad-number',
          `${option} is "${text}", but wanted is a whole number from ${least} to ${most}`,
        ),
      );
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** NaN of what is no number. */
export const readDecimal = (text: string): number => (DECIMAL.test(text) ? Number(text) : NaN);

function rate(option: string, text: string | undefined): Result<number | undefined> {
  if (text === undefined) return ok(undefined);
  const value = readDecimal(text);
  return value >= RATES.least && value <= RATES.most
    ? ok(value)
    : err(
        fault(
          'train.bad-rate',
          `${option} is "${text}", but a learning rate is from ${RATES.least} to ${RATES.most}`,
        ),
      );
}

function readQuantisation(scale: string | undefined, zero: string | undefined): Result<Affine | undefined> {
  if (scale === undefined && zero === undefined) return ok(undefined);
  if (scale === undefined || zero === undefined)
    return err(badQuantisation('--data-scale and --data-zero go together'));
  const scaleValue = Math.fround(readDecimal(scale));
  if (!(scaleValue > 0 && Number.isFinite(scaleValue)))
    return err(badQuantisation(`--data-scale is "${scale}", but wanted is a float32 above 0`));
  const zeroPoint = /^[+-]?\d+$/.test(zero) ? Number(zero) : NaN;
  return zeroPoint >= -128 && zeroPoint <= 127
    ? ok({ scale: scaleValue, zeroPoint })
    : err(badQuantisation(`--data-zero is "${zero}", but wanted is a whole number from -128 to 127`));
}

const badQuantisation = (message: string): Fault => fault('train.bad-quantisation', message);
