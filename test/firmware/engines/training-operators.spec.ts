import { layersOf } from '#libs/model/ir';
import type { Graph } from '#libs/model/ir';
import {
  autoencoder,
  between,
  endingIn,
  ENDINGS,
  OPERATORS,
  regressor,
} from '#test/support/trained-operators';
import { type FuzzVariant } from './operator-fuzz';
import { runTrainingFuzz, trainingDifference } from './training-fuzz';

const MINUTE = 60_000;
const NATIVE: FuzzVariant = { target: 'native', sanitize: true };

/** Every layer trained, weights and biases. */
async function differenceOn(inference: Graph, variant: FuzzVariant): Promise<string | undefined> {
  const layers = layersOf(inference).length - 1;
  const weightLayers = Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 }));
  return trainingDifference(inference, { name: 'all', biasLayers: layers, weightLayers }, variant);
}

const operators = Object.entries(OPERATORS);
const endings = Object.entries(ENDINGS);

describe('a few steps of training give the bytes of the reference through', () => {
  test.each(operators)(
    '%s on the native build under sanitizers',
    async (_, draw) => {
      expect(await differenceOn(between(draw, 1), NATIVE)).toBeUndefined();
    },
    MINUTE,
  );

  test.each(operators)(
    '%s on wasm',
    async (_, draw) => {
      expect(await differenceOn(between(draw, 2), { target: 'wasm' })).toBeUndefined();
    },
    MINUTE,
  );

  test.each(operators)(
    '%s on an ARM board',
    async (_, draw) => {
      expect(await differenceOn(between(draw, 3), { target: 'arm' })).toBeUndefined();
    },
    MINUTE,
  );
});

describe('a few steps of training give the bytes of the reference, of a classifier behind', () => {
  test.each(endings)(
    '%s',
    async (_, ending) => {
      expect(await differenceOn(endingIn(ending, 1), NATIVE)).toBeUndefined();
      expect(await differenceOn(endingIn(ending, 2), { target: 'arm' })).toBeUndefined();
    },
    MINUTE,
  );
});

describe('a few steps of training give the bytes of the reference, of a network', () => {
  test.each([NATIVE, { target: 'wasm' }, { target: 'arm' }] as const)(
    'that gives its input again, and of one that gives a number, on $target',
    async (variant) => {
      expect(await differenceOn(autoencoder(1), variant)).toBeUndefined();
      expect(await differenceOn(regressor(1), variant)).toBeUndefined();
    },
    MINUTE,
  );

  it(
    'of random operators, branches and endings',
    async () => {
      const { differences, refused } = await runTrainingFuzz(16, 1);
      expect(differences).toEqual([]);
      expect(refused).toBeLessThan(10);
    },
    5 * MINUTE,
  );
});
