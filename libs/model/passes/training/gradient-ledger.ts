import type { SkipGradient, TensorId } from '#libs/model/ir';
import { invariant } from '#libs/base/result';

/**
 * A gradient that was computed and has not been used up. The two branches of an ADD share one; whoever destroys it
 * (a scaling in place) while the other still waits must leave a copy behind (N6.1).
 */
export interface SharedGradient {
  tensor: TensorId;
  waiting: number;
}

/** A gradient as one tensor will see it: times mantissa * 2^(exponent - 15). */
export interface PendingGradient {
  readonly shared: SharedGradient;
  readonly ratio: { readonly mantissa: number; readonly exponent: number };
}

/** 1 = 32768 * 2^(0 - 15). */
const UNIT_RATIO = { mantissa: 32768, exponent: 0 };

/** Which gradient waits for which tensor, while the graph is walked backwards. */
export class GradientLedger {
  private readonly pending = new Map<TensorId, PendingGradient>();

  /** A gradient of `of` itself. */
  deposit(of: TensorId, gradient: TensorId): void {
    this.pending.set(of, { shared: { tensor: gradient, waiting: 1 }, ratio: UNIT_RATIO });
  }

  /** Passes the gradient of an ADD's output on to those of its inputs that want one. */
  distribute(
    output: TensorId,
    inputs: readonly { readonly id: TensorId; readonly ratio: PendingGradient['ratio'] }[],
  ): void {
    const { shared } = this.take(output);
    shared.waiting = inputs.length;
    for (const { id, ratio } of inputs) this.pending.set(id, { shared, ratio });
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
