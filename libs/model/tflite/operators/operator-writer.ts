import { type Graph, type Op, type Tensor, tensorId } from '#libs/model/ir';
import { Refusal } from '../flatbuffer/refusal';
import { quoted } from '../import-error';
import { int32Bytes, integersOf } from './integers';

/** What the format of one operator writes through. */
export class OperatorWriter {
  constructor(
    readonly graph: Graph,
    private readonly op: Op,
    /** Tensors of the file: those of the graph, and behind them the operands that only a file needs. */
    private readonly tensors: Tensor[],
  ) {}

  refuse(what: string): never {
    throw new Refusal('tflite.not-expressible', `${this.op.kind} ${quoted(this.op.name)}: ${what}`);
  }

  /**
   * The number of a constant that holds `values`: the one that the graph kept from its file, or a new one at the end.
   * A graph that has it (every imported one) is therefore the same after writing and reading.
   */
  integers(name: string, shape: readonly number[], values: readonly number[]): number {
    const wanted = values.join();
    const kept = this.tensors.find(
      (tensor) => tensor.shape.join() === shape.join() && integersOf(tensor)?.join() === wanted,
    );
    if (kept !== undefined) return kept.id;
    const id = tensorId(this.tensors.length);
    this.tensors.push({ id, name, type: 'int32', shape, role: 'constant', data: int32Bytes(values) });
    return id;
  }
}
