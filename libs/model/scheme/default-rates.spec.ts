import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { defaultRates, namedScheme, SCHEME_NAMES, schemeId, schemeLadder } from '.';

const graph = kwsDigitsGraph();

describe('the rates that a scheme begins with', () => {
  it.each([
    ['fc', 0.15],
    ['sparse', 0.02],
    ['full', 0.01],
  ] as const)('%s: %d', (name, rate) => {
    expect(defaultRates(KWS_SCHEMES[name])).toEqual({ weights: rate, bias: rate, head: rate });
  });

  it('are those of a sparse scheme where only a part of a layer’s weights trains', () => {
    const part = { name: 'part', biasLayers: 1, weightLayers: [{ layer: 17, ratio: 0.5 }] };
    expect(defaultRates(part).weights).toBe(0.02);
    expect(defaultRates(namedScheme(graph, 'bias')).bias).toBe(0.05);
  });
});

describe('a scheme by name', () => {
  it('is what the ladder calls so', () => {
    const named = new Map(SCHEME_NAMES.map((name) => [name, namedScheme(graph, name)]));
    for (const rung of schemeLadder(graph)) {
      const same = named.get(rung.name as 'last');
      if (same) expect(schemeId(same)).toBe(schemeId(rung));
    }
    expect(named.get('bias')).toEqual({ name: 'bias', biasLayers: 18, weightLayers: [] });
    expect(named.get('full')?.weightLayers).toHaveLength(18);
  });
});
