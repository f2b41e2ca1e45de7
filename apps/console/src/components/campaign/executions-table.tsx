import type { Execution, Measure } from '../../api/types';
import { lossWords, measureWords } from '../../format/measure';
import { grouped, kilobytes, NOTHING, orNothing } from '../../format/numbers';
import type { Column, TableDeclaration } from '../table/column';
import { ExecutionStateCell } from './execution-state-cell';
import { PassLosses } from './pass-losses';

const figure = (
  title: string,
  help: string,
  {
    of,
    format,
  }: { of: (execution: Execution) => number | null | undefined; format: (value: number) => string },
): Column<Execution> => ({
  title,
  help,
  align: 'right',
  sortBy: (execution) => of(execution) ?? undefined,
  cell: (execution) => orNothing(of(execution), format),
});

const saturated = ({ saturatedWeights, saturatedHeadWeights = 0, saturatedBiases = 0 }: Execution) =>
  saturatedWeights === undefined ? undefined : saturatedWeights + saturatedHeadWeights + saturatedBiases;

const status: Column<Execution> = {
  title: 'Status',
  cell: (execution) => <ExecutionStateCell execution={execution} />,
};

const measured: readonly Column<Execution>[] = [
  {
    ...figure('KB down', 'received over MQTT', { of: (one) => one.receivedBytes, format: kilobytes }),
    needs: 'medium',
  },
  {
    ...figure('KB up', 'sent over MQTT', { of: (one) => one.sentBytes, format: kilobytes }),
    needs: 'medium',
  },
  {
    ...figure('Peak KB', 'SRAM as measured on the device', {
      of: (one) => one.peakSramBytes,
      format: kilobytes,
    }),
    needs: 'wide',
  },
  {
    ...figure('Attempt', 'how often the device was told', { of: (one) => one.attempt, format: String }),
    needs: 'wide',
  },
];

/** What tells executions apart: the device, or the round. */
type First = Column<Execution>;

const changeColumn = (measure: Measure): Column<Execution> => {
  const { change, changeMeaning } = measureWords(measure);
  return {
    title: 'Change',
    help: changeMeaning,
    align: 'right',
    needs: 'medium',
    sortBy: ({ scoreBefore, scoreAfter }) =>
      scoreBefore === null || scoreAfter === null ? undefined : scoreAfter - scoreBefore,
    cell: ({ scoreBefore, scoreAfter }) =>
      scoreBefore === null || scoreAfter === null ? NOTHING : change(scoreBefore, scoreAfter),
  };
};

/** The loss on the test items, where it is not what the model is measured by anyway. */
function testLoss({ name, loss }: Measure, of: (execution: Execution) => number | undefined) {
  const words = lossWords(loss);
  if (loss.name === name) return [];
  return [figure('Test loss', `${words.unit} on the test items`, { of, format: words.format })];
}

function trainingScores(measure: Measure): readonly Column<Execution>[] {
  const words = measureWords(measure);
  const loss = lossWords(measure.loss);
  const meaning = `${words.name} of the fetched version on the device’s own test items; ${words.direction}`;
  return [
    figure(`Before ${words.unit}`, meaning, { of: (one) => one.scoreBefore, format: words.format }),
    figure(`After ${words.unit}`, `${words.name} after own training`, {
      of: (one) => one.scoreAfter,
      format: words.format,
    }),
    changeColumn(measure),
    {
      title: loss.perPass,
      help: 'mean over the items to learn from, each before its own step',
      needs: 'medium',
      cell: ({ passLosses }) => <PassLosses losses={passLosses ?? []} words={loss} />,
    },
    ...testLoss(measure, (one) => one.lossAfter).map((column) => ({ ...column, needs: 'wide' as const })),
  ];
}

/** Executions that train. */
export const trainingsTable = (first: First, measure: Measure): TableDeclaration<Execution> => ({
  label: 'Executions',
  rowKey: ({ id }) => String(id),
  columns: [
    first,
    status,
    ...trainingScores(measure),
    {
      ...figure('Items', 'items that were learned from', { of: (one) => one.learnedItems, format: grouped }),
      needs: 'wide',
    },
    { ...figure('Steps', 'training steps', { of: (one) => one.steps, format: grouped }), needs: 'wide' },
    {
      ...figure(
        'At limit',
        'weights and biases that came to the end of their range: many say that the rate is too high',
        {
          of: saturated,
          format: grouped,
        },
      ),
      needs: 'wide',
    },
    ...measured,
  ],
});

/** Executions that only evaluate. */
export function evaluationsTable(first: First, measure: Measure): TableDeclaration<Execution> {
  const { name, title, direction, format } = measureWords(measure);
  const meaning = `${name} of the version on the device’s own test items; ${direction}`;
  return {
    label: 'Executions',
    rowKey: ({ id }) => String(id),
    columns: [
      first,
      status,
      figure(title, meaning, { of: (one) => one.scoreBefore, format }),
      figure('Test items', 'the device’s own', { of: (one) => one.testItems, format: grouped }),
      ...testLoss(measure, (one) => one.lossBefore).map((column) => ({
        ...column,
        needs: 'medium' as const,
      })),
      ...measured,
    ],
  };
}
