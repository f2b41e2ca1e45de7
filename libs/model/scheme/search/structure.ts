import { type Graph, layersOf } from '#libs/model/ir';
import { blocksOf, isPointwise } from '../blocks';
import { type Contributions, contributionsFrom, type GainPoint, SEARCHED_RATIOS } from './contributions';

/** What a layer is to its block. */
type Role = 'expansion' | 'projection' | 'spatial';

/**
 * What the weights of a layer add by its role: beside the last expansion's 1, means of kws-digits on real speech (measured: expansions 1, .85, .81,
 * .49, .49 from the back; projections .87, .57, .55 before the last two; depthwise .27, .28, .28, .21). That expansions add most is
 * MCUNetV3's figure 5. Projections count .6: each was measured alone, and beside its block's expansion it adds less.
 */
const BY_ROLE: Readonly<Record<Role, number>> = { expansion: 1, projection: 0.6, spatial: 0.35 };
/**
 * The first layer is near the sensor: what differs between devices there (level, colour, noise) its few weights correct at once: they add at least this
 * (measured: .29).
 */
const FIRST_LAYER = 0.3;
/** And its biases, beside all others' (measured: .35; at 96 KB .9853 instead of .9826 of six speakers' recordings are right). */
const FIRST_BIASES = 0.35;
/** Behind the last expansion only averages and the head follow, and the head, which is trained anyway, can do the same (measured: .05, .15). */
const BEHIND_THE_LAST_EXPANSION = 0.15;
/** Early layers add less: by their place to this power (the same measurement). */
const DEPTH_EXPONENT = 0.5;
/** All biases but for `FIRST_BIASES`, linear in how many layers they belong to (measured: 1.25 from the last block's to all). */
const ALL_BIASES = 1.25;
/**
 * A fraction r of the channels adds r to this power of what all add: measured at 1/4 of expansions .52 to .65, of projections .26 to .60, of depthwise
 * layers .07 to .27; the figure's layer 39 has 3, 6, 10 of 13.6 at 1/8, 1/4, 1/2.
 */
const RATIO_EXPONENT: Readonly<Record<Role, number>> = { expansion: 0.5, projection: 0.6, spatial: 1 };

function roleOf(graph: Graph, block: readonly number[], layer: number): Role {
  const layers = layersOf(graph);
  const pointwise = block.filter((each) => {
    const op = layers[each];
    return op !== undefined && isPointwise(graph, op);
  });
  if (!pointwise.includes(layer)) return 'spatial';
  return pointwise[0] === layer ? 'expansion' : 'projection';
}

/**
 * What is known of a network that nobody has run: gains by the place of a layer, in a measure of their own. They follow from the structure alone, so
 * that all versions of a model get the same scheme.
 */
export function structuralContributions(graph: Graph): Contributions {
  const before = Math.max(0, layersOf(graph).length - 1);
  const weights = new Map<number, readonly GainPoint[]>();
  const blocks = blocksOf(graph);
  for (const block of blocks)
    for (const layer of block) {
      const role = roleOf(graph, block, layer);
      const isBehind = block === blocks.at(-1) && role !== 'expansion';
      const byPlace =
        (isBehind ? BEHIND_THE_LAST_EXPANSION : BY_ROLE[role]) * ((layer + 1) / before) ** DEPTH_EXPONENT;
      const whole = layer === 0 ? Math.max(FIRST_LAYER, byPlace) : byPlace;
      const gainAt = (ratio: number): GainPoint => ({
        at: ratio,
        gain: whole * ratio ** RATIO_EXPONENT[role],
      });
      weights.set(layer, SEARCHED_RATIOS.map(gainAt));
    }
  const bias = Array.from({ length: before }, (_, i) => ({
    at: i + 1,
    gain: (ALL_BIASES * (i + 1)) / before + (i + 1 === before ? FIRST_BIASES : 0),
  }));
  return contributionsFrom(before, bias, weights, {
    source: 'structure',
    unit: 'by structure (1: the weights of a last expansion)',
  });
}
