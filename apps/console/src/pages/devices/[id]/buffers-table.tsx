import type { PlannedBuffer } from '../../../api/memory-map';
import { BUFFER_KINDS } from '../../../charts/memory-map/buffer-kinds';
import type { Column, TableDeclaration } from '../../../components/table/column';
import { grouped, percent } from '../../../format/numbers';

const figure = (title: string, of: (buffer: PlannedBuffer) => number): Column<PlannedBuffer> => ({
  title,
  align: 'right',
  sortBy: of,
  cell: (buffer) => grouped(of(buffer)),
});

export const buffersTable = (peakBytes: number): TableDeclaration<PlannedBuffer> => ({
  label: 'Buffers of the arena',
  rowKey: ({ name, offset }) => `${name} ${offset}`,
  columns: [
    { title: 'Buffer', cell: ({ name }) => name, sortBy: ({ name }) => name },
    { title: 'Kind', cell: ({ kind }) => BUFFER_KINDS[kind].word, sortBy: ({ kind }) => kind },
    figure('Offset', ({ offset }) => offset),
    figure('Bytes', ({ bytes }) => bytes),
    {
      title: '% of the arena',
      align: 'right',
      needs: 'medium',
      cell: ({ bytes }) => percent(bytes / peakBytes),
    },
    figure('First call', ({ first }) => first),
    figure('Last call', ({ last }) => last),
  ],
});
