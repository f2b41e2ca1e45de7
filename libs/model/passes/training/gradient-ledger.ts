import type { Ratio, SkipGradient, TensorId } from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import { UNIT_RATIO } from '#libs/model/quant';

/**
 * A gradient that was computed and has not been used up. The two branches of an ADD share one; whoever destroys it
 * (a scaling in place) while the other still waits must leave a copy behind (N6.1).
 */
export interface SharedGradient {
  tensor: TensorId;
  waiting: number;
}

/** A gradient as one tensor will see it: times a ratio. */
export interface PendingGradient {
  readonly shared: SharedGradient;
  readonly ratio: Ratio;
  /** The clamp of the tensor itself has been applied. */
  readonly isMasked: boolean;
}

export const isUnit = ({ mantissa, exponent }: Ratio): boolean =>
  mantissa === UNIT_RATIO.mantissa && exponent === UNIT_RATIO.exponent;

/** Which gradient waits for which tensor, while the graph is walked backwards: at most one. */
export class GradientLedger {
  private readonly pending = new Map<TensorId, PendingGradient>();

  has(of: TensorId): boolean {
    return this.pending.has(of);
  }

  /** A gradient of `of` itself, through its clamp. */
  deposit(of: TensorId, gradient: TensorId): void {
    this.share(of, { shared: { tensor: gradient, waiting: 0 }, ratio: UNIT_RATIO, isMasked: true });
  }

  /** One that others may wait for, too. */
  share(of: TensorId, pending: PendingGradient): void {
    invariant(!this.pending.has(of), `a gradient waits for tensor ${of} already`);
    pending.shared.waiting++;
    this.pending.set(of, pending);
  }

  /** The gradient waiting for `of`, which then no longer waits. */
  take(of: TensorId): PendingGradient {
    const found = this.pending.get(of);
    invariant(found, `no gradient waits for tensor ${of}`);
    this.pending.delete(of);
    found.shared.waiting--;
    return found;
  }

  /** The gradient waiting for `of`, if any, as the operand of an input gradient that takes it up. */
  takeAsSkip(of: TensorId): SkipGradient | undefined {
    if (!this.pending.has(of)) return undefined;
    const { shared, ratio } = this.take(of);
    return { gradient: shared.tensor, ratioMantissa: ratio.mantissa, ratioExponent: ratio.exponent };
  }
}
