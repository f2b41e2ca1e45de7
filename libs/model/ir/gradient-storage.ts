import type { Graph } from './graph';

/** As what a graph stores the mantissas of its gradients (N4). */
export type GradientStorage = 'int8' | 'int16';

export const gradientStorage = ({ tensors }: Graph): GradientStorage =>
  tensors.some(({ type }) => type === 'blockFloat8') ? 'int8' : 'int16';
