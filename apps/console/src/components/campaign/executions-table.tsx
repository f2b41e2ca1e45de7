import type { Execution } from '../../api/types';
import { accuracyOf, bits, grouped, kilobytes, orNothing, percent, points } from '../../format/numbers';
import type { Column, TableDeclaration } from '../table/column';
import { ExecutionStateCell } from './execution-state-cell';
import { PassLosses } from './pass-losses';
import { afterOf, beforeOf } from './round-facts';

const figure = (
  title: string,
  help: string,
  { of, format }: { of: (execution: Execution) => number | undefined; format: (value: number) => string },
): Column<Execution> => ({
  title,
  help,
  align: 'right',
  sortBy: of,
  cell: (execution) => orNothing(of(execution), format),
});

const gain = ({ testItems, rightBefore, rightAfter }: Execution): number | undefined =>
  rightBefore === undefined || rightAfter === undefined
    ? undefined
    : accuracyOf(rightAfter - rightBefore, testItems);

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

/** Executions that train; `first` is the column that tells them apart: the device, or the round. */
export const trainingsTable = (first: Column<Execution>): TableDeclaration<Execution> => ({
  label: 'Executions',
  rowKey: ({ id }) => String(id),
  columns: [
    first,
    status,
    figure('Before %', 'accuracy of the fetched version on the device’s own test items', {
      of: beforeOf,
      format: percent,
    }),
    figure('After %', 'accuracy after own training', { of: afterOf, format: percent }),
    {
      ...figure('Gain', 'percentage points', { of: gain, format: (value) => points(0, value) }),
      needs: 'medium',
    },
    {
      title: 'Loss per pass, bits',
      needs: 'medium',
      cell: ({ passLosses }) => <PassLosses losses={passLosses ?? []} />,
    },
    {
      ...figure('Test loss', 'bits on the test items, after training', {
        of: (one) => one.lossAfter,
        format: bits,
      }),
      needs: 'wide',
    },
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
export const evaluationsTable = (first: Column<Execution>): TableDeclaration<Execution> => ({
  label: 'Executions',
  rowKey: ({ id }) => String(id),
  columns: [
    first,
    status,
    figure('Accuracy %', 'of the version on the device’s own test items', { of: beforeOf, format: percent }),
    figure('Test items', 'the device’s own', { of: (one) => one.testItems, format: grouped }),
    {
      ...figure('Test loss', 'bits on the test items', { of: (one) => one.lossBefore, format: bits }),
      needs: 'medium',
    },
    ...measured,
  ],
});
