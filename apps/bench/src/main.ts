/** `npm run bench`: lists the benches. `npm run bench -- NAME …`: runs one. `npm run size` is the bench `size`. */
import process from 'node:process';
import { type Bench, BenchError } from './bench';
import { compiler } from './benches/compiler';
import { size } from './benches/size';
import { speech } from './benches/speech';
import { training } from './benches/training';

const BENCHES: readonly Bench[] = [compiler, speech, training, size];

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

async function main([name, ...words]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help') return print(list());
  const bench = BENCHES.find((each) => each.name === name);
  if (!bench) throw new BenchError(`There is no bench "${name}".\n\n${list()}`);
  if (words.includes('--help')) return print(`${bench.name}: ${bench.summary}\n${bench.usage}`);
  await bench.run(words, print);
}

const list = (): string =>
  [
    'usage: npm run bench -- NAME [OPTIONS]',
    ...BENCHES.map((each) => `\n${each.name}: ${each.summary}\n${each.usage}`),
  ].join('\n');

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof BenchError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = error instanceof BenchError ? 2 : 1;
});
