import type { Graph } from '#libs/model/ir';
import type { Pass } from '../pass';

/**
 * Stores every gradient as int8, with the 6 mantissa bits that fit (N4): half the memory, and other bytes are learnt.
 * Before: g: blockFloat[C,P]. After: g: blockFloat8[C,P].
 * Keeps: operators, and all other tensors.
 */
export const narrowGradients: Pass = {
  name: 'narrow-gradients',
  run: (graph: Graph): Graph => ({
    ...graph,
    tensors: graph.tensors.map((tensor) =>
      tensor.type === 'blockFloat' ? { ...tensor, type: 'blockFloat8' } : tensor,
    ),
  }),
};
