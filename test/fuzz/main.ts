/** `npm run fuzz -- import|operators|training [--runs N] [--seed S] [--engine E]`: what tests do, in great numbers. Exit code 1 where something broke, 2 for a wrong word. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type FuzzVariant, runOperatorFuzz } from '../firmware/engines/operator-fuzz';
import { runTrainingFuzz } from '../firmware/engines/training-fuzz';
import { fuzzImport } from './import/fuzz-import';

const USAGE = `usage: npm run fuzz -- import|operators|training [--runs N] [--seed S] [--engine E]
  import      reads mutated model files: nothing may throw, hang or take memory without bound
  operators   runs generated code of random graphs in an arena full of noise: every byte must be the reference's
  training    trains random graphs for a few steps: every loss, output and trained number must be the reference's
  --runs N    mutations or graphs; if not given, 1000000 mutations or 300 graphs
  --seed S    of the first run, 0 if not given; run i draws from S + i
  --engine E  of operators and training: native (with sanitizers; if not given), wasm, or arm:BOARD`;

const REPOSITORY = resolve(__dirname, '../../..');
const DEFAULT_MUTATIONS = '1000000';
const DEFAULT_GRAPHS = '300';

function count(text: string, least: number): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : undefined;
}

function variantOf(engine: string): FuzzVariant | undefined {
  if (engine === 'native') return { target: 'native', sanitize: true };
  if (engine === 'wasm') return { target: 'wasm' };
  const [, board] = /^arm:([a-z0-9-]+)$/.exec(engine) ?? [];
  return board === undefined ? undefined : { target: 'arm', board };
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      engine: { type: 'string', default: 'native' },
      seed: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const what = positionals.join();
  const runs = count(values.runs ?? (what === 'import' ? DEFAULT_MUTATIONS : DEFAULT_GRAPHS), 1);
  const seed = count(values.seed, 0);
  const variant = variantOf(values.engine);
  if (
    !['import', 'operators', 'training'].includes(what) ||
    runs === undefined ||
    seed === undefined ||
    !variant
  ) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  if (what === 'import') return (await fuzzImport({ runs, seed }, REPOSITORY, print)) ? 0 : 1;
  const { differences, refused } =
    what === 'training'
      ? await runTrainingFuzz(runs, seed, variant)
      : { differences: await runOperatorFuzz(runs, seed, variant), refused: 0 };
  differences.forEach(print);
  if (refused > 0) print(`${refused} cannot be trained`);
  print(
    `${runs} graphs from seed ${seed} on ${values.engine}: ${differences.length} differ from the reference`,
  );
  return differences.length === 0 ? 0 : 1;
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
