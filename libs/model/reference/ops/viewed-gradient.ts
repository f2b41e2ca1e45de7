import { type BiasUpdate, elementCount, type InputGradient, layersOf, tensorOf } from '#libs/model/ir';
import { at } from '#libs/base/result';
import type { Machine } from '../machine';
import type { BlockFloat } from '../memory';
import { hasBit } from './bits';
import { scaling } from './scale-gradient';

/** The gradient h that an operator computes with, when it runs: where it is stored, or made from what its view says. */
export function viewedGradient(
  op: Pick<InputGradient | BiasUpdate, 'layer' | 'gradient' | 'view'>,
  machine: Machine,
): () => BlockFloat {
  const { graph, memory } = machine;
  const stored = memory.blockFloat(op.gradient);
  if (!op.view) return () => stored;
  const channels = stored.exponents.length;
  const pixels = elementCount(tensorOf(graph, at(layersOf(graph), op.layer).output).shape) / channels;
  const made = { mantissas: new Int16Array(channels * pixels), exponents: new Int16Array(channels) };
  const { of, ...mask } = op.view;
  if (of === 'scaled') {
    const scale = scaling({ layer: op.layer, exponents: 'shared', ...mask }, machine, stored, made);
    return () => {
      scale();
      return made;
    };
  }
  const bits = op.view.mask === undefined ? undefined : memory.bytes(op.view.mask);
  return () => {
    made.mantissas.forEach((_, index) => {
      const [o, p] = [Math.floor(index / pixels), index % pixels];
      made.mantissas[index] = !bits || hasBit(bits, p * channels + o) ? (stored.mantissas[o] as number) : 0;
    });
    made.exponents.set(stored.exponents);
    return made;
  };
}
