import { layersOf } from '#libs/model/ir';
import type { Graph } from '#libs/model/ir';
import {
  autoencoder,
  type Draw,
  endingIn,
  ENDINGS,
  OPERATORS,
  regressor,
  sideBranches,
} from '#test/support/trained-operators';
import { type FuzzVariant } from './operator-fuzz';
import { runTrainingFuzz, trainingDifference, type TrainingVariant } from './training-fuzz';

const MINUTE = 60_000;
const NATIVE: FuzzVariant = { target: 'native', sanitize: true };

/** Every layer trained, weights and biases. */
async function differenceOn(inference: Graph, variant: TrainingVariant): Promise<string | undefined> {
  const layers = layersOf(inference).length - 1;
  const weightLayers = Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 }));
  return trainingDifference(inference, { name: 'all', biasLayers: layers, weightLayers }, variant);
}

const operators = Object.entries(OPERATORS);
const endings = Object.entries(ENDINGS);

/** A program that trains a network with `size` operators in branches proves as many as that. */
function groups(size: number): readonly { readonly names: string; readonly draws: readonly Draw[] }[] {
  return Array.from({ length: Math.ceil(operators.length / size) }, (_, group) => {
    const members = operators.slice(group * size, (group + 1) * size);
    return { names: members.map(([name]) => name).join('; '), draws: members.map(([, draw]) => draw) };
  });
}

describe('a few steps of training give the bytes of the reference through', () => {
  test.each(groups(4))(
    '$names: on the native build under sanitizers',
    async ({ draws }) => {
      expect(await differenceOn(sideBranches(draws, 1), NATIVE)).toBeUndefined();
    },
    MINUTE,
  );

  test.each(groups(10))(
    '$names: on wasm and on an ARM board',
    async ({ draws }) => {
      expect(await differenceOn(sideBranches(draws, 2), { target: 'wasm' })).toBeUndefined();
      expect(await differenceOn(sideBranches(draws, 3), { target: 'arm' })).toBeUndefined();
    },
    MINUTE,
  );

  test.each(groups(10))(
    '$names: with gradients of int8',
    async ({ draws }) => {
      const network = sideBranches(draws, 4);
      expect(await differenceOn(network, { ...NATIVE, gradients: 'int8' })).toBeUndefined();
      expect(await differenceOn(network, { target: 'arm', gradients: 'int8' })).toBeUndefined();
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
      const { differences, refused } = await runTrainingFuzz(8, 1);
      expect(differences).toEqual([]);
      expect(refused).toBeLessThan(5);
    },
    2 * MINUTE,
  );
});
