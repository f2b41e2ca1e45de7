import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Children } from './children';

const NEVER = new Promise<never>(() => {});

describe('the demo’s processes', () => {
  let folder = '';
  let children = new Children('');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-children-'));
    children = new Children(folder);
  });
  afterEach(async () => {
    await children.stop();
    rmSync(folder, { recursive: true });
  });

  function start(name: string, script: string): void {
    const program = join(folder, `${name}.cjs`);
    writeFileSync(program, script);
    children.start({ name, program, words: ['word'], environment: { ...process.env, GREETING: 'hello' } });
  }

  async function waitForFile(name: string): Promise<string> {
    while (!existsSync(join(folder, name))) await sleep(20);
    return readFileSync(join(folder, name), 'utf8');
  }

  /** A process that was killed, but whom nobody has waited for, is still listed, in state Z. */
  const isAlive = (pid: number): boolean => {
    const status = `/proc/${pid}/stat`;
    return existsSync(status) && !/\) Z /.test(readFileSync(status, 'utf8'));
  };

  it('end the demo when one dies, with the end of its log', async () => {
    start(
      'server',
      `console.log(process.env.GREETING, process.argv[2]); console.error('no port'); process.exit(3)`,
    );
    const work = children.whileAlive(NEVER, new AbortController().signal);
    await expect(work).rejects.toThrow(
      /server process died \(exit code 3\).*server\.log:\n {2}hello word\n {2}no port/s,
    );
  });

  it('are blamed for work that fails because of their death', async () => {
    start('server', `process.exit(3)`);
    const work = children.whileAlive(Promise.reject(new Error('fetch failed')), new AbortController().signal);
    await expect(work).rejects.toThrow(/server process died/);
  });

  it('are stopped together, also one that ignores the polite request, and what that one started', async () => {
    start(
      'fleet',
      `const { spawn } = require('node:child_process');
       process.on('SIGTERM', () => {});
       const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
       require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pids.tmp'))}, [process.pid, grandchild.pid].join());
       require('node:fs').renameSync(${JSON.stringify(join(folder, 'pids.tmp'))}, ${JSON.stringify(join(folder, 'pids'))});
       setInterval(() => {}, 1000);`,
    );
    const pids = (await waitForFile('pids')).split(',').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await children.stop();
    await sleep(50);
    expect(pids.map(isAlive)).toEqual([false, false]);
  }, 20_000);

  it('outlive a piece of work, whose result passes through', async () => {
    start('server', 'setInterval(() => {}, 1000)');
    await expect(children.whileAlive(Promise.resolve(7), new AbortController().signal)).resolves.toBe(7);
  });

  it('are left for stopping when the demo is interrupted', async () => {
    start('server', 'setInterval(() => {}, 1000)');
    const controller = new AbortController();
    const work = children.whileAlive(NEVER, controller.signal);
    controller.abort(new Error('interrupted'));
    await expect(work).rejects.toThrow('interrupted');
  });
});
