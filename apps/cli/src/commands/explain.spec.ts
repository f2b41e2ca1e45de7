import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fleetlearn, KWS_DIGITS, refusedWith } from '../testing/fleetlearn';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleetlearn-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const explain = (...words: readonly string[]) =>
  fleetlearn('explain', KWS_DIGITS, '--board', 'virtual-m4', '--out', join(folder, 'out'), ...words);
const written = (name: string): string => readFileSync(join(folder, 'out', name), 'utf8');

describe('explain', () => {
  it('draws the plan, and writes it as text', async () => {
    const said = await explain('--optimize', 'ram');
    expect([said.code, said.noted]).toEqual([0, '']);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['graph.txt', 'plan.svg', 'plan.txt']);
    expect(written('plan.svg')).toMatch(/^<svg [\s\S]*row by row[\s\S]*<\/svg>\n$/);
    expect(written('plan.txt')).toMatch(/ring of \d+ rows/);
    expect(written('graph.txt')).toContain('conv2d');
    expect(said.out).toMatch(/fits the .*row by row/s);
  });

  it('draws maps whole where they fit, and rows where they do not', async () => {
    expect((await explain()).out).toContain('maps whole');
    expect((await explain('--sram', '12KB')).out).toContain('row by row');
    expect((await explain('--sram', '4KB')).out).toContain('does not fit');
    expect((await explain('--input-rows')).code).toBe(0);
    expect(written('plan.txt')).toMatch(/rows \d+\.\.\d+ of .* are read/);
  });

  it('draws a training step, with the variables that it trains', async () => {
    const said = await explain('--train', 'auto', '--sram', '64KB');
    expect([said.code, said.noted]).toEqual([0, '']);
    expect(written('plan.svg')).toContain('trained variable');
    expect(written('graph.txt')).toContain('weightUpdate');
    expect(refusedWith(await explain('--train', 'auto', '--input-rows'))).toBe('build.no-rows');
  });

  it('refuses an unknown board and writes nothing', async () => {
    const said = await fleetlearn('explain', KWS_DIGITS, '--board', 'toaster', '--out', join(folder, 'out'));
    expect(refusedWith(said)).toBe('board.unknown');
    expect(readdirSync(folder)).toEqual([]);
  });
});
