import { unwrap } from '#libs/base/result';
import { parseScheme, schemeToJson } from './sparse-scheme';

const written =
  '{"name":"sparse","biasLayers":9,"weightLayers":[{"layer":9,"ratio":1},{"layer":12,"ratio":1}]}';

describe('a scheme as JSON', () => {
  it('survives the way there and back', () => {
    expect(schemeToJson(unwrap(parseScheme(JSON.parse(written))))).toBe(written);
  });

  it('is written in one form, whatever the order it was given in', () => {
    const scheme = unwrap(parseScheme(JSON.parse(written)));
    expect(schemeToJson({ ...scheme, weightLayers: scheme.weightLayers.toReversed() })).toBe(written);
  });

  it('keeps the fractions of layers that are trained in part', () => {
    const json = '{"name":"49kb","biasLayers":20,"weightLayers":[{"layer":24,"ratio":0.25}]}';
    expect(schemeToJson(unwrap(parseScheme(JSON.parse(json))))).toBe(json);
  });

  it('has a name of its own where none is given', () => {
    const json = { biasLayers: 1, weightLayers: [] };
    expect(unwrap(parseScheme(json))).toEqual({ name: 'own', ...json });
  });

  it('is read as reports print it: what follows from it is not', () => {
    const { name, biasLayers, weightLayers } = unwrap(parseScheme(JSON.parse(written)));
    const printed = {
      name,
      biasLayers,
      weightLayers,
      id: 7,
      trained: { weights: 1, biases: 2 },
      accounting: {},
    };
    expect(schemeToJson(unwrap(parseScheme(printed)))).toBe(written);
  });

  it.each([
    [
      'a scheme',
      '{"biasLayers":1,"weightLayers":[],"weightlayers":[{"layer":3,"ratio":1}]}',
      '"weightlayers"',
    ],
    ['a layer', '{"biasLayers":1,"weightLayers":[{"layer":3,"ratio":1,"chanels":4}]}', '"chanels"'],
  ])('is refused with a key that %s does not have', (_, json, key) => {
    const refused = parseScheme(JSON.parse(json));
    expect(refused).toMatchObject({ ok: false, error: { code: 'scheme.unknown-key' } });
    expect(!refused.ok && refused.error.message).toContain(key);
  });

  it.each([
    ['no object', '[]'],
    ['an empty name', '{"name":"","biasLayers":1,"weightLayers":[]}'],
    ['a fraction of a layer', '{"name":"x","biasLayers":1.5,"weightLayers":[]}'],
    ['a negative count', '{"name":"x","biasLayers":-1,"weightLayers":[]}'],
    ['no list of layers', '{"name":"x","biasLayers":1,"weightLayers":{}}'],
    ['a layer without a number', '{"name":"x","biasLayers":1,"weightLayers":[{"ratio":1}]}'],
    [
      'a layer twice',
      '{"name":"x","biasLayers":1,"weightLayers":[{"layer":3,"ratio":1},{"layer":3,"ratio":1}]}',
    ],
    ['a ratio of 0', '{"name":"x","biasLayers":1,"weightLayers":[{"layer":3,"ratio":0}]}'],
    ['a negative ratio', '{"name":"x","biasLayers":1,"weightLayers":[{"layer":3,"ratio":-0.5}]}'],
    ['more than all channels', '{"name":"x","biasLayers":1,"weightLayers":[{"layer":3,"ratio":1.5}]}'],
    ['a ratio in words', '{"name":"x","biasLayers":1,"weightLayers":[{"layer":3,"ratio":"half"}]}'],
    ['no ratio', '{"name":"x","biasLayers":1,"weightLayers":[{"layer":3}]}'],
  ])('is refused with %s', (_, json) => {
    expect(parseScheme(JSON.parse(json))).toMatchObject({ ok: false, error: { code: 'scheme.invalid' } });
  });
});
