import { type Candidate, partsOf, schemeLadder, structuralContributions } from '#libs/model/scheme';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { type Finalist, finalistsOf, winnerFirst, withError } from './finals';

const graph = kwsDigitsGraph();
const contributions = structuralContributions(graph);
const ladder = schemeLadder(graph);

const candidateOf = (name: string): Candidate => {
  const scheme = ladder.find((each) => each.name === name);
  const parts = scheme && partsOf(graph, contributions, scheme);
  if (!scheme || !parts) throw new Error(`there is no ${name}`);
  return { ...parts, scheme, gain: 0, peakBytes: 0 };
};
const namesOf = (candidates: readonly Candidate[]) => candidates.map(({ scheme }) => scheme.name);

describe('the finals', () => {
  it('are between the best of several reaches and rungs of the ladder, each once', () => {
    const searched = ['sparse-b4', 'pointwise-b4', 'sparse-b5', 'sparse-b6', 'last', 'sparse-b3'];
    const rungs = ['pointwise-b4', 'sparse-b4', 'sparse-b5'];
    expect(namesOf(finalistsOf(searched.map(candidateOf), rungs.map(candidateOf)))).toEqual([
      'sparse-b4',
      'sparse-b5',
      'sparse-b6',
      'sparse-b3',
      'pointwise-b4',
    ]);
  });

  it('are won by the search unless another is ahead by more than chance', () => {
    const finalist = (name: string, mean: number, ahead: number): Finalist => ({
      candidate: candidateOf(name),
      sessions: 3,
      probability: { mean, standardError: 0.01 },
      ahead: { mean: ahead, standardError: ahead === 0 ? 0 : 0.01 },
    });
    const own = finalist('sparse-b4', 0.9, 0);
    const others = [finalist('last', 0.8, -0.1), finalist('sparse-b5', 0.915, 0.015)];
    const orderOf = (all: readonly Finalist[]) => namesOf(winnerFirst(all).map(({ candidate }) => candidate));
    expect(orderOf([own, ...others])).toEqual(['sparse-b4', 'sparse-b5', 'last']);
    const sure = finalist('sparse-b6', 0.925, 0.025);
    expect(orderOf([own, ...others, sure])).toEqual(['sparse-b6', 'sparse-b5', 'sparse-b4', 'last']);
  });

  it('have a mean and its standard error', () => {
    expect(withError([1, 2, 3, 4])).toEqual({ mean: 2.5, standardError: Math.sqrt(5 / 3 / 4) });
    expect(withError([7])).toEqual({ mean: 7, standardError: 0 });
  });
});
