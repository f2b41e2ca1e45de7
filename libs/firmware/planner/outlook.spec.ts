import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import {
  compactGradients,
  narrowGradients,
  poolGradients,
  runPasses,
  trainingGraph,
} from '#libs/model/passes';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { KnownStretches, Outlook, placeAll } from '.';
import { leastMemoryOrder } from './order';
import { piecesOf } from './pieces';
import { rowNetworkOf } from './row-network';

const kws = kwsDigitsGraph();

/** Steps that have much of their forward half in common, but for saved inputs, masks, and what gradients are stored as. */
function steps(): readonly Graph[] {
  const reaches = [3, 9, 14, 18];
  const ratios = [1 / 8, 1 / 2, 1];
  return reaches.flatMap((biasLayers, i) =>
    ratios.flatMap((ratio, j) => {
      const weightLayers = [18 - biasLayers, 17].map((layer) => ({ layer, ratio }));
      const training = unwrap(trainingGraph(kws, { name: 'step', biasLayers, weightLayers }));
      const passes = [[], [compactGradients], [narrowGradients]][(i + j) % 3] ?? [];
      return runPasses(training, [poolGradients, ...passes]);
    }),
  );
}

const networkOf = (graph: Graph) =>
  rowNetworkOf(
    graph,
    leastMemoryOrder(graph, false, 'plain').segments.flatMap(({ ops }) => ops),
    { inputsInArena: false, inputRows: false, reduces: () => false },
  );

describe('segments of graphs that are much alike', () => {
  it('cost the same, whatever is known of other graphs', () => {
    const known = new KnownStretches();
    for (const graph of steps()) {
      const network = networkOf(graph);
      expect(piecesOf(network, { known })).toEqual(piecesOf(network));
    }
  });
});

describe('an outlook', () => {
  const [graph] = steps().slice(4);
  const least = placeAll(graph!, { optimize: 'ram' });
  const outlook = new Outlook(graph!, {}, least.peakBytes / 2);

  it('has the bound of the least plan, and no peak below it', () => {
    expect(outlook.boundBytes).toBe(least.lowerBoundBytes);
    expect(outlook.peakAtOnce()).toBeGreaterThanOrEqual(outlook.boundBytes);
  });

  it('tells what does not fit by its bound', () => {
    expect(outlook.peakWithin(outlook.boundBytes - 4)).toBe(outlook.boundBytes);
  });

  it('has a plan for every budget that it says will do', () => {
    for (const budget of [least.peakBytes, least.peakBytes + 100, 2 * least.peakBytes]) {
      const peak = outlook.peakWithin(budget);
      expect(peak).toBeLessThanOrEqual(budget);
      const plan = outlook.planWithin(budget);
      expect(plan.peakBytes).toBe(peak);
    }
  });
});
