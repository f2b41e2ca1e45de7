import { schemeId } from './scheme-id';

const sparse = {
  name: 'sparse',
  biasLayers: 9,
  weightLayers: [9, 12, 15].map((layer) => ({ layer, ratio: 1 })),
};

describe('the id of a scheme', () => {
  it('never changes, since devices and deltas in the field name it', () => {
    expect(schemeId(sparse)).toBe(269427748);
    expect(schemeId({ name: 'last', biasLayers: 0, weightLayers: [] })).toBe(3435762462);
  });

  it('does not depend on the name or on the order of the layers', () => {
    expect(schemeId({ ...sparse, name: 'x', weightLayers: sparse.weightLayers.toReversed() })).toBe(
      schemeId(sparse),
    );
  });

  it('differs with anything that is trained', () => {
    expect(schemeId({ ...sparse, biasLayers: 10 })).not.toBe(schemeId(sparse));
    const part = sparse.weightLayers.map(({ layer }) => ({ layer, ratio: 0.5 }));
    expect(schemeId({ ...sparse, weightLayers: part })).not.toBe(schemeId(sparse));
    expect(schemeId({ ...sparse, weightLayers: sparse.weightLayers.slice(1) })).not.toBe(schemeId(sparse));
  });
});
