import { type Bench, BenchError } from '../bench';
import { type Figure, type Figures, figureTable } from '../training/figure';
import type { RowContext, TrainingRow } from '../training/row';
import { ROWS } from '../training/rows';
import { parseTrainingSettings, TRAINING_USAGE } from '../training/settings';

const NAMES = ROWS.map(({ name }) => name);
const WIDTH = Math.max(...NAMES.map(({ length }) => length));

export const training: Bench = {
  name: 'training',
  summary: 'what training on the device learns, takes and costs, each figure beside its anchor and its bar',
  usage: [
    TRAINING_USAGE,
    '  rows:',
    ...ROWS.map(({ name, summary }) => `    ${name.padEnd(WIDTH)}  ${summary}`),
  ].join('\n'),
  async run(words, print) {
    const settings = parseTrainingSettings(words, NAMES);
    const wanted = ROWS.filter(({ name }) => settings.rows.length === 0 || settings.rows.includes(name));
    const context: RowContext = { settings, note: print };
    const rows: Figures[] = [];
    const failed: string[] = [];
    for (const row of wanted) {
      const figures = await measured(row, context);
      if (!figures) failed.push(row.name);
      const shown = { row: row.name, figures: figures ?? [UNMEASURED] };
      print(`\n${figureTable([shown])}\n`);
      rows.push(shown);
    }
    if (rows.length > 1) print(`${figureTable(rows)}\n`);
    print(LEGEND);
    if (failed.length > 0) throw new BenchError(`not measured: ${failed.join(', ')}`);
  },
};

const LEGEND = 'Accuracies are means of splits; bytes unless said otherwise.';

const UNMEASURED: Figure = {
  what: 'see above',
  measured: '-',
  anchor: '-',
  bar: '-',
  verdict: 'not measured',
};

/** What goes wrong in a row is said, and the rows after it are measured all the same. */
async function measured(row: TrainingRow, context: RowContext): Promise<readonly Figure[] | undefined> {
  try {
    return await row.measure(context);
  } catch (error) {
    context.note(`${row.name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
