import { type Column, formatTable, grouped, kilobytes, type Row } from '#libs/base/table';
import type { Board } from '#libs/firmware/boards';
import { placeAll } from '#libs/firmware/planner';
import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { schemeLadder, type SparseScheme, trainedParameters } from '#libs/model/scheme';
import { type Bench, BenchError } from '../bench';
import { boardCalled, compileModel, FACTORY_MODEL, readInference } from '../compile-model';
import { withLeastBudget } from '../size/least-budget';

const COLUMNS: readonly Column[] = [
  { title: 'board', align: 'left' },
  { title: 'scheme', align: 'left' },
  { title: 'trained', align: 'right' },
  { title: 'least SRAM KB', align: 'right' },
  { title: 'RAM', align: 'right' },
  { title: 'arena', align: 'right' },
  { title: 'static', align: 'right' },
  { title: 'stack', align: 'right' },
  { title: 'stack bound', align: 'right' },
  { title: 'flash', align: 'right' },
];

const USAGE = '  --board mps2-an386  a board that the device program is made for';
const DEFAULT_BOARD = 'mps2-an386';

export const size: Bench = {
  name: 'size',
  summary: 'what every training scheme of the factory model takes on a board, read back from the linked ELF',
  usage: USAGE,
  async run(words, print) {
    const board = await deviceBoard(words);
    const inference = readInference(FACTORY_MODEL);
    const rows: Row[] = [];
    for (const scheme of schemeLadder(inference)) rows.push(await sizeRow(inference, scheme, board));
    print(`${formatTable(COLUMNS, rows)}\n\n${LEGEND}`);
  },
};

const LEGEND =
  'Bytes. RAM = arena + static variables + stack as reserved; stack bound: what the call graph proves to be enough.\n' +
  'Flash: the program; the parameter image lies beside it. Least SRAM: the smallest budget that the board can enforce.';

async function deviceBoard(words: readonly string[]): Promise<Board> {
  const [option, name = DEFAULT_BOARD, ...more] = words;
  if (more.length > 0 || (option !== undefined && option !== '--board'))
    throw new BenchError(`size does not take ${words.join(' ')}.\n${USAGE}`);
  const board = await boardCalled(name);
  if (board.drivers === undefined) throw new BenchError(`The device program is not made for ${name}.`);
  return board;
}

async function sizeRow(inference: Graph, scheme: SparseScheme, board: Board): Promise<Row> {
  const arenaBytes = placeAll(unwrap(trainingGraph(inference, scheme))).peakBytes;
  const fitting = withLeastBudget(board, arenaBytes);
  const { weights, biases } = trainedParameters(inference, scheme);
  const head = [board.name, scheme.name, grouped(weights + biases)];
  if (!fitting) return [...head, 'does not fit'];
  const { build } = await compileModel({
    inference,
    scheme,
    board: fitting,
    target: 'arm',
    program: 'device',
  });
  const { fit } = build;
  if (!fit) throw new Error(`${board.name}: an ARM build without a certificate`);
  const { ramBytes, staticBytes, stackBytes, stackBound, flashBytes } = fit;
  const figures = [ramBytes, fit.arenaBytes, staticBytes, stackBytes, stackBound.bytes, flashBytes];
  return [...head, kilobytes(fitting.budget.sramBytes), ...figures.map(grouped)];
}
