import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrap } from '#libs/base/result';
import { writeTflite } from '#libs/model/tflite';
import { GraphBuilder } from '#test/support/graph-builder';
import { fleetlearn, refusedWith } from '../testing/fleetlearn';

/** Two inputs, two outputs: their sum, and the rectified second. */
function twoPorts(): Uint8Array {
  const builder = new GraphBuilder('two');
  const [first, second] = [builder.input([1, 4]), builder.input([1, 4])];
  const sum = builder.add('sum', first, second);
  return unwrap(writeTflite(builder.build(sum, builder.unary('relu', second, { name: 'relu' }))));
}

describe('run of a model with several inputs and outputs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-cli-'));
    writeFileSync(at('two.tflite'), twoPorts());
    writeFileSync(at('a'), Int8Array.of(1, 2, 3, 4));
    writeFileSync(at('b'), Int8Array.of(10, -20, 30, -40));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  const run = (engine: string, ...words: readonly string[]) =>
    fleetlearn('run', at('two.tflite'), '--engine', engine, '--input', at('a'), ...words);

  it('takes and gives them in the order of the model, on every engine', async () => {
    for (const engine of ['reference', 'native', 'wasm', 'arm:mps2-an386']) {
      const outputs = ['--output', at(`${engine} sum`), '--output', at(`${engine} relu`)];
      const { code, noted } = await run(engine, '--input', at('b'), ...outputs);
      expect([engine, code, noted]).toEqual([engine, 0, '']);
      for (const output of ['sum', 'relu'])
        expect(readFileSync(at(`${engine} ${output}`))).toEqual(readFileSync(at(`reference ${output}`)));
    }
    expect(readFileSync(at('reference sum'))).not.toEqual(readFileSync(at('reference relu')));
  }, 120_000);

  it('refuses two outputs in one file, and an input too few', async () => {
    const twice = ['--output', at('o'), '--output', join(folder, '.', 'o')];
    expect(refusedWith(await run('reference', '--input', at('b'), ...twice))).toBe('run.wrong-outputs');
    const { noted } = await run('reference', '--output', at('o'), '--output', at('p'));
    expect(noted).toMatch(/^error: run\.wrong-inputs: 1 --input given, but the model has 2 inputs: .*; .*$/);
  });
});
