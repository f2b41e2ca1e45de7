import { execFileSync } from 'node:child_process';
import { fleetlearn, refusedWith } from '../testing/fleetlearn';

/** What bash offers for the last of some words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { out } = await fleetlearn('completion', 'bash');
  const quoted = ['fleetlearn', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _fleetlearn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const answer = execFileSync('bash', ['-c', `${out}\n${ask}`], { encoding: 'utf8', cwd: __dirname });
  return answer.split('\n').filter((line) => line !== '');
}

describe('tab completion', () => {
  it.each([
    [['ins'], ['inspect']],
    [['run', '--eng'], ['--engine']],
    [
      ['run', 'm', '--optimize', ''],
      ['ram', 'speed'],
    ],
    [['run', 'm', '--engine', 'na'], ['native']],
    [['run', 'm', '--engine', 'arm', ':', 'mps3'], ['mps3-an547']],
    [['build', 'm', '--board', 'virt'], ['virtual-m4']],
    [['build', 'm', '--format', 'c'], ['c-library']],
    [['inspect', 'completion.sp'], ['completion.spec.ts']],
    [['completion', 'z'], ['zsh']],
    [['help', 'pl'], ['plan']],
  ])('of %j offers %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it('is there for zsh, too', async () => {
    const { code, out } = await fleetlearn('completion', 'zsh');
    expect(code).toBe(0);
    expect(out).toContain('compdef _fleetlearn fleetlearn');
    expect(out).toContain("'build --format') compadd -- image c-library; return ;;");
  });

  it('refuses another shell', async () => {
    expect(refusedWith(await fleetlearn('completion', 'fish'))).toBe('usage');
  });
});
