import { compilerTable } from './compiler-table';
import { PEERS } from './peers';

const measurement = {
  sramBytes: 220_312,
  stackBytes: 1_300,
  flashBytes: 709_516,
  instructions: 191_710_205,
  nsPerInference: undefined,
  exactCases: 4,
  cases: 4,
};
const host = { ...measurement, stackBytes: 0, instructions: undefined, nsPerInference: 191_710_205 };

it('puts our figures beside the peers’ in lines of at most 120 columns', () => {
  const models = Object.entries(PEERS).map(([name, peers]) => ({
    name,
    macs: 11_578_816,
    ours: [
      { where: 'M0+', engine: 'ours, ram, rows in', measurement },
      { where: 'native', engine: 'ours, whole maps', measurement: { ...host, exactCases: 3 } },
    ],
    peers,
  }));
  const lines = compilerTable(models).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(lines.find((line) => line.startsWith('mcunet_vww '))).toMatch(
    /M0\+ +ours, ram, rows in .* 16\.56 .*exact \(4\)$/,
  );
  expect(lines.filter((line) => line.includes('WRONG 1 of 4')).length).toBe(models.length);
  expect(lines.filter((line) => line.includes('TinyEngine')).length).toBe(5);
});
