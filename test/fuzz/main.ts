/** `npm run fuzz -- import [--runs N] [--seed S]`: hostile bytes in great numbers. Exit code 1 where something broke, 2 for a wrong word. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzImport } from './import/fuzz-import';

const USAGE = `usage: npm run fuzz -- import [--runs N] [--seed S]
  import    reads mutated model files: nothing may throw, hang or take memory without bound
  --runs N  mutations, 1000000 if not given
  --seed S  of the first run, 0 if not given; run i draws from S + i`;

const REPOSITORY = resolve(__dirname, '../../..');
const DEFAULT_RUNS = '1000000';

function count(text: string, least: number): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : undefined;
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: DEFAULT_RUNS },
      seed: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  const [runs, seed] = [count(values.runs, 1), count(values.seed, 0)];
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (positionals.join() !== 'import' || runs === undefined || seed === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  return (await fuzzImport({ runs, seed }, REPOSITORY, print)) ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isWrongWord = error instanceof TypeError && 'code' in error;
    process.stderr.write(
      `${error instanceof Error ? (isWrongWord ? error.message : error.stack) : String(error)}\n`,
    );
    process.exitCode = isWrongWord ? 2 : 1;
  },
);
