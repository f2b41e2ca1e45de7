import { at, err, type Fault, fault, ok, type Result } from '#libs/base/result';
import { requantize } from '#libs/model/dataset';
import { MOST_ROWS, type SessionRow, type SessionRows } from '#libs/model/session';
import { readBytes } from '../files/read-bytes';

/** Where rows are, as typed and checked. */
export interface RowFiles {
  readonly data: string;
  readonly labels: string;
  /** Bytes from label to label. */
  readonly labelStride: number;
  readonly adapt: string;
  readonly test: string;
  /** How the elements are quantised, where they are not as the model's input. */
  readonly quantisation?: Affine;
}

/** real = scale * (element - zeroPoint). */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What rows must suit. */
export interface RowShape {
  /** int8 elements of one row. */
  readonly inputBytes: number;
  /** Labels are below this. */
  readonly labels: number;
  /** Of the model's input. */
  readonly quantisation: Affine;
}

const MOST_DATA_BYTES = 1 << 30;
const MOST_INDEX_BYTES = 1 << 24;

/**
 * The rows of a session, in the quantisation of the model's input.
 * Refused: `file.unreadable`, `file.too-large`, `train.wrong-length`, `train.bad-label`, `train.bad-index`, `train.empty-index`,
 * `train.row-out-of-range`, `train.too-many-rows`.
 */
export function readRows(files: RowFiles, shape: RowShape): Result<SessionRows> {
  const data = readBytes(files.data, MOST_DATA_BYTES);
  if (!data.ok) return data;
  const count = data.value.length / shape.inputBytes;
  if (data.value.length === 0 || !Number.isInteger(count))
    return err(
      wrongLength(
        `${files.data} has ${data.value.length} bytes, which are no rows of ${shape.inputBytes} (the model's input)`,
      ),
    );
  const labels = readLabels(files, count);
  if (!labels.ok) return labels;
  const adapt = readIndex(files.adapt, count);
  if (!adapt.ok) return adapt;
  const test = readIndex(files.test, count);
  if (!test.ok) return test;
  const named = [...adapt.value, ...test.value];
  const wrong = named.find((row) => at(labels.value, row) >= shape.labels);
  if (wrong !== undefined) return err(badLabel(files.labels, wrong, at(labels.value, wrong), shape.labels));
  const row = (index: number): SessionRow => ({
    features: elementsOf(data.value, index, files, shape),
    label: at(labels.value, index),
  });
  return ok({ adapt: adapt.value.map(row), test: test.value.map(row) });
}

function elementsOf(data: Uint8Array, index: number, { quantisation }: RowFiles, shape: RowShape): Int8Array {
  const { inputBytes } = shape;
  const elements = new Int8Array(data.buffer, data.byteOffset + index * inputBytes, inputBytes);
  return quantisation === undefined ? elements : requantize(elements, quantisation, shape.quantisation);
}

const wrongLength = (message: string): ReturnType<typeof fault> => fault('train.wrong-length', message);

/** The first of every `labelStride` bytes. */
function readLabels({ labels: path, labelStride }: RowFiles, rows: number): Result<Uint8Array> {
  const bytes = readBytes(path, MOST_DATA_BYTES);
  if (!bytes.ok) return bytes;
  const wanted = rows * labelStride;
  if (bytes.value.length !== wanted)
    return err(
      wrongLength(
        `${path} has ${bytes.value.length} bytes, but ${rows} rows with ${labelStride} to a label are ${wanted}; ` +
          `--label-stride says how many bytes a row has there`,
      ),
    );
  return ok(Uint8Array.from({ length: rows }, (_, row) => at(bytes.value, row * labelStride)));
}

/** Of a row that an index names: what else is in the file may be anything. */
const badLabel = (path: string, row: number, label: number, known: number): Fault =>
  fault(
    'train.bad-label',
    `${path}: row ${row} has label ${label}, but the model tells ${known} classes apart, 0 to ${known - 1}`,
  );

/** One row number a line; empty lines are skipped. */
function readIndex(path: string, rows: number): Result<readonly number[]> {
  const bytes = readBytes(path, MOST_INDEX_BYTES);
  if (!bytes.ok) return bytes;
  const lines = new TextDecoder()
    .decode(bytes.value)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const index: number[] = [];
  for (const line of lines) {
    if (!/^\d{1,10}$/.test(line))
      return err(
        fault('train.bad-index', `${path}: "${line.slice(0, 20)}" is no row number; write one a line`),
      );
    if (Number(line) >= rows)
      return err(fault('train.row-out-of-range', `${path}: there is no row ${line}, only 0 to ${rows - 1}`));
    index.push(Number(line));
  }
  if (index.length === 0) return err(fault('train.empty-index', `${path} lists no row`));
  return index.length <= MOST_ROWS
    ? ok(index)
    : err(
        fault('train.too-many-rows', `${path} lists ${index.length} rows, at most ${MOST_ROWS} can be taken`),
      );
}
