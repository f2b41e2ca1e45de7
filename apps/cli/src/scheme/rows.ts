import { err, fault, ok, type Result } from '#libs/base/result';
import { inputQuantisation } from '#libs/firmware/program';
import { requantize } from '#libs/model/dataset';
import { elementCount, type Graph, tensorBytes, tensorOf } from '#libs/model/ir';
import type { SessionRows } from '#libs/model/session';
import { readBytes } from '../files/read-bytes';
import { readRows } from '../train/read-rows';
import type { SessionNumbers } from '../train/session-words';

/** Files of rows as they are typed. */
export interface RowWords {
  readonly data: string | undefined;
  readonly labels: string | undefined;
  readonly adapt: string | undefined;
  readonly test: string | undefined;
}

/** What there is to go by. */
export type Evidence =
  | { readonly kind: 'none' }
  | { readonly kind: 'rows'; readonly rows: readonly Int8Array[] }
  | { readonly kind: 'labelled'; readonly rows: SessionRows };

const MOST_DATA_BYTES = 1 << 30;

/**
 * Rows for a search: labelled ones to learn from and to test on, or inputs alone.
 * Refused: `scheme.incomplete-data` (files that go together), and as `readRows` refuses.
 */
export function readEvidence(
  { data, labels, adapt, test }: RowWords,
  numbers: Pick<SessionNumbers, 'labelStride' | 'quantisation'>,
  graph: Graph,
): Result<Evidence> {
  if (data === undefined) {
    return labels === undefined && adapt === undefined && test === undefined
      ? ok({ kind: 'none' })
      : err(fault('scheme.incomplete-data', '--labels, --adapt and --test go with --data'));
  }
  const shape = { inputBytes: inputBytesOf(graph), quantisation: inputQuantisation(graph) };
  if (labels === undefined) {
    if (adapt !== undefined || test !== undefined)
      return err(
        fault(
          'scheme.incomplete-data',
          '--adapt and --test go with --labels; without labels all rows are taken',
        ),
      );
    return readInputs(data, shape, numbers.quantisation);
  }
  if (adapt === undefined || test === undefined)
    return err(
      fault(
        'scheme.incomplete-data',
        '--labels goes with --adapt and --test: rows to learn from, and rows to test on',
      ),
    );
  const files = { data, labels, adapt, test, labelStride: numbers.labelStride };
  const quantisation = numbers.quantisation && { quantisation: numbers.quantisation };
  const rows = readRows({ ...files, ...quantisation }, { ...shape, labels: classesOf(graph) });
  return rows.ok ? ok({ kind: 'labelled', rows: rows.value }) : rows;
}

function readInputs(
  path: string,
  {
    inputBytes,
    quantisation,
  }: {
    readonly inputBytes: number;
    readonly quantisation: { readonly scale: number; readonly zeroPoint: number };
  },
  from: SessionNumbers['quantisation'],
): Result<Evidence> {
  const bytes = readBytes(path, MOST_DATA_BYTES);
  if (!bytes.ok) return bytes;
  const count = bytes.value.length / inputBytes;
  if (count === 0 || !Number.isInteger(count))
    return err(
      fault(
        'train.wrong-length',
        `${path} has ${bytes.value.length} bytes, which are no rows of ${inputBytes} (the model's input)`,
      ),
    );
  const rows = Array.from({ length: count }, (_, row) => {
    const elements = new Int8Array(bytes.value.buffer, bytes.value.byteOffset + row * inputBytes, inputBytes);
    return from === undefined ? elements : requantize(elements, from, quantisation);
  });
  return ok({ kind: 'rows', rows });
}

const inputBytesOf = (graph: Graph): number =>
  graph.inputs.reduce((sum, id) => sum + tensorBytes(tensorOf(graph, id)), 0);

const classesOf = (graph: Graph): number =>
  graph.outputs.reduce((_, id) => elementCount(tensorOf(graph, id).shape), 0);
