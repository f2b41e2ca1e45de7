/**
 * Where a file may hold float32: an input that only QUANTIZE reads, an output that only DEQUANTIZE makes. Then the model
 * between is an int8 model with inputs and outputs of its own, one for each of the file's (pass `strip-float-boundary`).
 */
import { type Dequantize, type Op, type Quantize, ruleOf, type Tensor, type TensorId } from '#libs/model/ir';
import { Refusal } from './flatbuffer/refusal';
import { quoted } from './import-error';
import type { ModelFile } from './read-model';

/** Tensors and operators of a file so far, an operator undefined where it was refused. */
export interface BoundaryFacts {
  readonly model: ModelFile;
  readonly tensors: readonly Tensor[];
  readonly ops: readonly (Op | undefined)[];
}

/** Calls `refuse` with everything that would keep the boundary from being taken off, by the operator's position. */
export function checkFloatBoundary(
  facts: BoundaryFacts,
  refuse: (index: number, refusal: Refusal) => void,
): void {
  const inputs = new Inputs(facts);
  const outputs = new Outputs(facts);
  facts.ops.forEach((op, index) => {
    const what =
      op?.kind === 'quantize' ? inputs.fault(op) : op?.kind === 'dequantize' ? outputs.fault(op) : undefined;
    if (what !== undefined) refuse(index, new Refusal('tflite.unsupported-float', what));
  });
}

const NEEDED = 'the model needs full integer quantisation';

class Inputs {
  private readonly numbers: ReadonlySet<number>;
  private readonly outputs: ReadonlySet<number>;
  private readonly first = new Map<TensorId, Tensor>();

  constructor(private readonly facts: BoundaryFacts) {
    this.numbers = new Set(facts.model.inputs);
    this.outputs = new Set(facts.model.outputs);
  }

  fault(op: Quantize): string | undefined {
    const [input, output] = [this.facts.tensors[op.input], this.facts.tensors[op.output]];
    if (!this.numbers.has(op.input))
      return `float32 inside the model (${quoted(input?.name ?? '')} is no input of it); ${NEEDED}`;
    if (this.outputs.has(op.output)) return 'gives an output of the model that no operator computes';
    const known = this.first.get(op.input);
    if (known === undefined && output !== undefined) this.first.set(op.input, output);
    return known === undefined || isSameQuantization(known, output)
      ? undefined
      : `quantises input ${quoted(input?.name ?? '')} a second time and otherwise; one int8 tensor must stand for it`;
  }
}

const isSameQuantization = (a: Tensor, b: Tensor | undefined): boolean =>
  a.quantization?.scales[0] === b?.quantization?.scales[0] &&
  a.quantization?.zeroPoints[0] === b?.quantization?.zeroPoints[0];

class Outputs {
  private readonly numbers: ReadonlySet<number>;
  /** What stands for an input of the model, or is a constant. */
  private readonly given: ReadonlySet<number>;
  private readonly read: ReadonlySet<number>;
  private readonly stripped: Set<number>;

  constructor({ model, tensors, ops }: BoundaryFacts) {
    const known = ops.filter((op) => op !== undefined);
    this.numbers = new Set(model.outputs);
    this.given = new Set([
      ...tensors.filter(({ role }) => role !== 'activation').map(({ id }) => id),
      ...known.filter((op) => op.kind === 'quantize').map((op) => op.output),
    ]);
    this.read = new Set(known.flatMap((op) => ruleOf(op).inputs(op)));
    this.stripped = new Set(model.outputs);
  }

  fault(op: Dequantize): string | undefined {
    if (!this.numbers.has(op.output) || this.read.has(op.output))
      return `float32 inside the model (the result is no mere output of it); ${NEEDED}`;
    if (this.given.has(op.input)) return 'gives an output of the model that no operator computes';
    if (this.stripped.has(op.input))
      return 'gives an output that the model gives already, as int8 or as float32';
    this.stripped.add(op.input);
    return undefined;
  }
}
