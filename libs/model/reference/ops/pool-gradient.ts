import { type AveragePoolGradient, type MaxPoolGradient, producerOf } from '#libs/model/ir';
import {
  kceil,
  roundingShiftRight,
  smallestWindow,
  windowExponent,
  windowsPerPixel,
} from '#libs/model/quant';
import { invariant } from '#libs/base/result';
import type { Machine, PrepareBackward } from '../machine';
import { NONE } from '../memory';
import { rowCloser } from './gradient-rows';
import { poolWindows } from './pool-windows';
import { windowTaps } from './record-maximum';

/** The pool whose output is `of`. */
function poolAt<K extends 'averagePool2d' | 'maxPool2d'>(
  { graph }: Machine,
  of: AveragePoolGradient['of'],
  kind: K,
) {
  const op = producerOf(graph, of);
  invariant(op?.kind === kind, `tensor ${of} does not come from a pool`);
  return op as Extract<typeof op, { kind: K }>;
}

/** G6: g / n to every pixel of the window. */
export const averagePoolGradient: PrepareBackward<AveragePoolGradient> = (op, machine) => {
  const pool = poolAt(machine, op.of, 'averagePool2d');
  const windows = poolWindows(machine.graph, pool);
  const exponent = windowExponent(smallestWindow(machine.graph, pool));
  const spare = kceil(windowsPerPixel(pool));
  const shares = windows.map((pixels) => Math.floor(2 ** (15 - exponent) / pixels.length + 0.5));
  const { mantissas, exponents } = machine.memory.blockFloat(op.gradient);
  const closer = rowCloser(op, machine);
  return () => {
    for (let c = 0; c < exponents.length; c++) {
      closer.row.fill(0);
      windows.forEach((pixels, q) => {
        const product = (mantissas[c * windows.length + q] as number) * (shares[q] as number);
        const share = roundingShiftRight(product, spare);
        for (const pixel of pixels) closer.row[pixel]! += share;
      });
      const own = exponents[c] as number;
      closer.close(c, own === NONE ? NONE : own + exponent - 15 + spare);
    }
  };
};

/** G7: g to the pixel that was the largest; to none where the clamp acted (that is the pool's own mask). */
export const maxPoolGradient: PrepareBackward<MaxPoolGradient> = (op, machine) => {
  const pool = poolAt(machine, op.of, 'maxPool2d');
  const windows = windowTaps(machine.graph, pool);
  const taps = machine.memory.bytes(op.taps);
  const { mantissas, exponents } = machine.memory.blockFloat(op.gradient);
  const closer = rowCloser(op, machine);
  return () => {
    for (let c = 0; c < exponents.length; c++) {
      closer.row.fill(0);
      windows.forEach((pixels, q) => {
        const taken = taps[q * exponents.length + c] as number;
        closer.row[pixels[taken] as number]! += mantissas[c * windows.length + q] as number;
      });
      closer.close(c, exponents[c] as number);
    }
  };
};
