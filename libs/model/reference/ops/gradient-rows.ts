import type { Ratio } from '#libs/model/ir';
import { bitLength, roundingShiftRight } from '#libs/model/quant';
import type { Machine } from '../machine';
import { type BlockFloat, NONE } from '../memory';
import { hasBit } from './bits';

/** Looked up once, for the inner loop. */
const { abs, max } = Math;

/** Bits that a sum keeps before it is multiplied by a ratio: the product then fits int32 (G2). */
const SUM_BITS = 15;

interface Closing {
  readonly mask?: Uint8Array | undefined;
  readonly ratio?: Ratio | undefined;
}

/** G2: turns the sums of one channel, of one exponent, into mantissas and an exponent of the output. */
export class RowCloser {
  readonly row: Float64Array;
  private readonly channels: number;

  constructor(
    private readonly output: BlockFloat,
    private readonly mantissaBits: number,
    private readonly closing: Closing,
  ) {
    this.channels = output.exponents.length;
    this.row = new Float64Array(output.mantissas.length / this.channels);
  }

  /** @param exponent of the sums; NONE: there is nothing in them */
  close(channel: number, exponent: number): void {
    const { mantissas, exponents } = this.output;
    const start = channel * this.row.length;
    if (exponent === NONE) this.row.fill(0);
    else this.applyMask(channel);
    const scaled = this.scaled(exponent);
    const largest = this.largest();
    const shift = max(0, bitLength(largest) - this.mantissaBits);
    for (const [p, value] of this.row.entries()) mantissas[start + p] = roundingShiftRight(value, shift);
    exponents[channel] = largest === 0 ? NONE : scaled + shift;
  }

  private largest(): number {
    return this.row.reduce((most, value) => max(most, abs(value)), 0);
  }

  private applyMask(channel: number): void {
    const { mask } = this.closing;
    if (!mask) return;
    for (let p = 0; p < this.row.length; p++) {
      if (!hasBit(mask, p * this.channels + channel)) this.row[p] = 0;
    }
  }

  /** The row times the ratio; @returns its exponent */
  private scaled(exponent: number): number {
    const { ratio } = this.closing;
    if (!ratio) return exponent;
    const shift = max(0, bitLength(this.largest()) - SUM_BITS);
    for (let p = 0; p < this.row.length; p++) {
      this.row[p] = roundingShiftRight(this.row[p] as number, shift) * ratio.mantissa;
    }
    return exponent + shift + ratio.exponent - 15;
  }
}

/** The closer of an operator's output, behind the mask and the ratio that the operator names. */
export const rowCloser = (
  op: {
    readonly output: Parameters<Machine['memory']['blockFloat']>[0];
    readonly mask?: Parameters<Machine['memory']['bytes']>[0];
  },
  { memory, mantissaBits }: Machine,
  ratio?: Ratio,
): RowCloser =>
  new RowCloser(memory.blockFloat(op.output), mantissaBits, {
    mask: op.mask === undefined ? undefined : memory.bytes(op.mask),
    ratio,
  });
