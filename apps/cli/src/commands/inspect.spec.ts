import { resolve } from 'node:path';
import { runCli } from '../run-cli';
import { commands } from '.';

const KWS_DIGITS = resolve(__dirname, '../../../demo/model/kws-digits.tflite');

async function run(...words: readonly string[]) {
  const printed: string[] = [];
  const noted: string[] = [];
  const terminal = { print: (text: string) => printed.push(text), note: (text: string) => noted.push(text) };
  const code = await runCli(commands, words, terminal);
  return { code, out: printed.join('\n'), noted: noted.join('\n') };
}

describe('inspect', () => {
  it('describes the factory model as JSON', async () => {
    const { code, out } = await run('inspect', KWS_DIGITS, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'kws-digits',
      layers: 19,
      parameters: 38_250,
      inputs: [{ type: 'int8', shape: [1, 49, 40, 1], zeroPoint: -33 }],
      training: { head: true, layersBeforeHead: 18 },
    });
  });

  it('describes it as text', async () => {
    const { out } = await run('inspect', KWS_DIGITS);
    expect(out).toMatch(/conv2d +b4\.ex +int8\[1,13,10,72\] +224,640 +1,800/);
    expect(out).toContain('can be trained on a device: the head and all 18 layers before it');
  });

  it.each([
    ['a file that is no model', resolve(__dirname, 'index.ts'), 'tflite.not-tflite'],
    ['a file that is not there', resolve(__dirname, 'nowhere.tflite'), 'file.unreadable'],
  ])('refuses %s', async (_, path, errorCode) => {
    const { code, out, noted } = await run('inspect', path);
    expect([code, out]).toEqual([2, '']);
    expect(noted).toMatch(new RegExp(`^error: ${errorCode.replace('.', '\\.')}: .+$`));
  });
});
