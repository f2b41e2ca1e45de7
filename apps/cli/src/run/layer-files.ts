import { type Graph, ruleOf, tensorOf } from '#libs/model/ir';
import type { Files } from '../files/write-files';
import { operatorName } from '../model/operator-names';
import type { TensorValues } from './run-request';

/** One line of layers.jsonl. */
interface LayerRecord {
  /** Position of the operator in the file. */
  readonly op: number;
  readonly opname: string;
  /** Number of the tensor in the file. */
  readonly tensor: number;
  readonly type: string;
  readonly shape: readonly number[];
  /** In layers.bin. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Intermediate tensors as files: `layers.bin` (all, in the order of the file's operators), `layers.jsonl` (a line each: what lies
 * where) and one `<number>.bin` a tensor. Only tensors that have a value.
 */
export function layerFiles(file: Graph, values: TensorValues): Files {
  const records: LayerRecord[] = [];
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const [index, op] of file.ops.entries()) {
    for (const id of ruleOf(op).outputs(op)) {
      const value = values.get(id);
      if (value === undefined) continue;
      const { type, shape } = tensorOf(file, id);
      const bytes = value.length;
      records.push({
        op: index,
        opname: operatorName(op),
        tensor: id,
        type: type.toUpperCase(),
        shape,
        offset,
        bytes,
      });
      pieces.push(value);
      offset += bytes;
    }
  }
  return new Map<string, string | Uint8Array>([
    ['layers.bin', Buffer.concat(pieces)],
    ['layers.jsonl', records.map((record) => `${JSON.stringify(record)}\n`).join('')],
    ...records.map(({ tensor }, index) => [`${tensor}.bin`, pieces[index] ?? new Uint8Array()] as const),
  ]);
}
