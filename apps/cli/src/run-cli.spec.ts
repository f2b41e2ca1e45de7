import { err, fault, ok } from '#libs/base/result';
import { defineCommand } from './command';
import { runCli } from './run-cli';

const greet = defineCommand({
  name: 'greet',
  summary: 'Says hello.',
  words: [{ name: 'NAME', meaning: 'whom to greet' }],
  options: {
    times: { type: 'string', value: 'N', meaning: 'how often', required: true },
    loud: { type: 'boolean', meaning: 'in capitals' },
    guest: { type: 'many', value: 'NAME', meaning: 'who else' },
    tone: { type: 'choice', choices: ['warm', 'cool'], meaning: 'how' },
  },
  async run({ words: [name], options }, terminal) {
    if (name === 'nobody') return err(fault('greet.nobody', 'nobody is here;\n come again'));
    const names = [name, ...options.guest].join(' and ');
    const text = `${options.tone === 'cool' ? 'hm' : 'hello'} ${names} x${options.times}`;
    terminal.print(options.loud ? text.toUpperCase() : text);
    return ok(undefined);
  },
});

async function run(...words: readonly string[]) {
  const printed: string[] = [];
  const noted: string[] = [];
  const terminal = { print: (text: string) => printed.push(text), note: (text: string) => noted.push(text) };
  const code = await runCli([greet], words, terminal);
  return { code, out: printed.join('\n'), noted: noted.join('\n') };
}

describe('the command line', () => {
  it('hands a command its words and options', async () => {
    expect(await run('greet', 'you', '--times', '2')).toEqual({ code: 0, out: 'hello you x2', noted: '' });
    expect(await run('greet', '--loud', '--times=1', 'you')).toMatchObject({ out: 'HELLO YOU X1' });
    const guests = ['--guest', 'her', '--guest', 'him'];
    expect(await run('greet', 'you', ...guests, '--times', '1', '--tone', 'cool')).toMatchObject({
      out: 'hm you and her and him x1',
    });
  });

  it('lists the commands when asked for nothing or for help', async () => {
    expect((await run()).out).toContain('greet NAME');
    expect((await run('--help')).code).toBe(0);
  });

  it.each([[['greet', '--help']], [['help', 'greet']]])('explains one command: %s', async (words) => {
    const { code, out } = await run(...words);
    expect(code).toBe(0);
    expect(out).toContain('usage: fleetlearn greet NAME --times N [--loud] [--guest NAME] [--guest NAME …]');
    expect(out).toContain('how often');
  });

  it.each([
    ['an unknown command', ['leave']],
    ['an unknown option', ['greet', 'you', '--times', '1', '--soft']],
    ['a missing word', ['greet', '--times', '1']],
    ['a word too many', ['greet', 'you', 'me', '--times', '1']],
    ['a missing option', ['greet', 'you']],
    ['an option without its value', ['greet', 'you', '--times']],
    ['an option with an empty value', ['greet', 'you', '--times', '']],
    ['an option given twice', ['greet', 'you', '--times', '1', '--times', '2']],
    ['a value that is no choice', ['greet', 'you', '--times', '1', '--tone', 'hot']],
  ])('refuses %s with exit code 2 and one line', async (_, words) => {
    const { code, out, noted } = await run(...words);
    expect([code, out]).toEqual([2, '']);
    expect(noted).toMatch(/^error: usage: .+$/);
  });

  it('shows a command’s refusal with its code on one line', async () => {
    const { code, noted } = await run('greet', 'nobody', '--times', '1');
    expect([code, noted]).toEqual([2, 'error: greet.nobody: nobody is here; come again']);
  });
});
