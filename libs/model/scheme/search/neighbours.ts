import type { BiasPart, Parts, WeightPart } from './parts';

/**
 * What differs in one layer, in two, or in the reach of the biases.
 * @param reaches every reach that can be trained
 * @param offered of every layer its parts
 */
export function neighboursOf(
  { bias, weights }: Parts,
  reaches: readonly BiasPart[],
  offered: readonly (readonly WeightPart[])[],
): readonly Parts[] {
  const first = offered.length - bias.layers;
  const withOneOther = (from: readonly WeightPart[]): readonly (readonly WeightPart[])[] =>
    offered.slice(first).flatMap((parts, i) => {
      const others = from.filter(({ layer }) => layer !== first + i);
      return [others, ...parts.map((part) => [...others, part].sort((a, b) => a.layer - b.layer))];
    });
  const one = withOneOther(weights);
  const two = one.flatMap(withOneOther);
  const otherReaches = reaches
    .filter(({ layers }) => layers !== bias.layers)
    .map((other): Parts => ({
      bias: other,
      weights: weights.filter(({ layer }) => layer >= offered.length - other.layers),
    }));
  return [...[...one, ...two].map((each): Parts => ({ bias, weights: each })), ...otherReaches];
}
