import { type Column, formatTable, grouped, type Row } from '#libs/base/table';
import type { Measurement } from './measure';
import type { Peer } from './peers';

/** One model's figures: ours by core or host, and the peers'. */
export interface ModelFigures {
  readonly name: string;
  readonly macs: number;
  readonly ours: readonly {
    readonly where: string;
    readonly engine: string;
    readonly measurement: Measurement;
  }[];
  readonly peers: readonly Peer[];
}

const COLUMNS: readonly Column[] = [
  { title: 'model', align: 'left' },
  { title: 'core', align: 'left' },
  { title: 'engine', align: 'left' },
  { title: 'SRAM', align: 'right' },
  { title: 'stack', align: 'right' },
  { title: 'flash', align: 'right' },
  { title: 'instructions', align: 'right' },
  { title: '/MAC', align: 'right' },
  { title: 'ns', align: 'right' },
  { title: 'outputs', align: 'left' },
];

/** All models in one table. */
export const compilerTable = (models: readonly ModelFigures[]): string =>
  formatTable(
    COLUMNS,
    models.flatMap((model, index) => (index === 0 ? modelRows(model) : [[], ...modelRows(model)])),
  );

/** The model's name stands in its first row, its MACs in the second. */
function modelRows({ name, macs, ours, peers }: ModelFigures): readonly Row[] {
  const rows = [
    ...ours.map(({ where, engine, measurement }) => ourRow(where, engine, measurement, macs)),
    ...peers.map((peer) => peerRow(peer, macs)),
  ];
  return rows.map((row, index) => [[name, `${grouped(macs)} MACs`][index] ?? '', ...row]);
}

function ourRow(where: string, engine: string, measured: Measurement, macs: number): Row {
  const { sramBytes, stackBytes, flashBytes, instructions, nsPerInference, exactCases, cases } = measured;
  return [
    where,
    engine,
    grouped(sramBytes),
    stackBytes === 0 ? '' : grouped(stackBytes),
    grouped(flashBytes),
    ...instructionCells(instructions, macs),
    nsPerInference === undefined ? '' : grouped(nsPerInference),
    exactCases === cases ? `exact (${cases})` : `WRONG ${cases - exactCases} of ${cases}`,
  ];
}

const peerRow = (
  { engine, sramBytes, stackBytes, flashBytes, instructions, outputs }: Peer,
  macs: number,
): Row => [
  'M4',
  engine,
  grouped(sramBytes),
  grouped(stackBytes),
  grouped(flashBytes),
  ...instructionCells(instructions, macs),
  '',
  outputs,
];

const instructionCells = (instructions: number | undefined, macs: number): readonly [string, string] =>
  instructions === undefined ? ['', ''] : [grouped(instructions), (instructions / macs).toFixed(2)];
