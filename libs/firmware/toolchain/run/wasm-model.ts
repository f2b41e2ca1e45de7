import { invariant } from '#libs/base/result';
import { ByteReader, ByteWriter } from '#libs/base/bytes';
import type { JobRates } from './job';
import { int32s } from './result';
import { WasmMachine } from './wasm-memory';
import { compileWasm, type WasmModule } from './webassembly';

/** What a module says about itself (fl_facts.h). */
export interface WasmFacts {
  readonly trains: boolean;
  readonly arenaBytes: number;
  readonly inputBytes: number;
  readonly outputOffset: number;
  readonly outputBytes: number;
  readonly parameterBytes: number;
  readonly layout: number;
  readonly classes: number;
  readonly scheme: number;
  readonly stateBytes: number;
  readonly deltaBytes: number;
  readonly variables: number;
}

/** One training step (N7, N8): rates are those of the step. */
export interface WasmStep {
  readonly seed: number;
  readonly index: number;
  readonly rates: Omit<JobRates, 'firstStep'>;
}

function readFacts(machine: WasmMachine): WasmFacts {
  const reader = new ByteReader(machine.view(machine.call('fl_wasm_facts'), 48));
  return {
    trains: reader.u32() === 1,
    arenaBytes: reader.u32(),
    inputBytes: reader.u32(),
    outputOffset: reader.u32(),
    outputBytes: reader.u32(),
    parameterBytes: reader.u32(),
    layout: reader.u32(),
    classes: reader.u32(),
    scheme: reader.u32(),
    stateBytes: reader.u32(),
    deltaBytes: reader.u32(),
    variables: reader.u32(),
  };
}

/**
 * A generated model in WebAssembly, driven step by step as the runtime on a device drives it. It needs nothing but the
 * module: no compiler, no files.
 *
 * @example
 * const model = new WasmModel(compileWasm(bytes), parameterImage);
 * model.forward(input);
 * const loss = model.loss(label);
 * model.backward({ seed, index: 0, rates });
 */
export class WasmModel {
  readonly facts: WasmFacts;
  private readonly machine: WasmMachine;
  private readonly arena: number;
  private readonly parameters: number;
  private readonly input: number;
  private readonly step: number;
  private readonly stream: number;

  /** Throws where the parameter image is not one of this model: check it first where it comes from outside. */
  constructor(module: WasmModule, parameters: Uint8Array) {
    this.machine = new WasmMachine(module);
    this.facts = readFacts(this.machine);
    this.arena = this.machine.call('fl_wasm_arena');
    this.parameters = this.machine.reserve(parameters.length);
    this.input = this.machine.reserve(this.facts.inputBytes);
    this.step = this.machine.reserve(5 * 4);
    this.stream = this.machine.reserve(Math.max(this.facts.stateBytes, this.facts.deltaBytes));
    this.machine.put(this.parameters, parameters);
    const refusal = this.machine.call('fl_parameters_check', this.parameters, parameters.length);
    invariant(refusal === 0, `parameter image refused (${refusal})`);
    this.load();
  }

  static from(bytes: Uint8Array, parameters: Uint8Array): WasmModel {
    return new WasmModel(compileWasm(bytes), parameters);
  }

  /** Start values of all variables: a new session. */
  load(): void {
    if (this.facts.trains) this.machine.call('fl_model_load', this.arena, this.parameters);
  }

  /** Runs the model; returns its output as bytes (int8 outputs, or int32 logits where it trains). */
  forward(input: Int8Array): Uint8Array {
    invariant(input.length === this.facts.inputBytes, `an input has ${this.facts.inputBytes} bytes`);
    this.machine.put(this.input, input);
    this.machine.call('fl_model_forward', this.arena, this.parameters, this.input);
    return this.machine.copyOf(this.arena + this.facts.outputOffset, this.facts.outputBytes);
  }

  /** Logits of an input: int32, log2 units, 16 fractional bits. */
  logits(input: Int8Array): Int32Array {
    return int32s(this.forward(input));
  }

  /** N2: the class of the last input. */
  predict(): number {
    return this.machine.call('fl_model_predict', this.arena);
  }

  /** N3: loss of the last input in 1/65536 bit; G11 of a model without classes, whose labels are bytes. */
  loss(label: number): number {
    const { classes } = this.facts;
    const labels = classes > 1 ? classes : 256;
    invariant(label >= 0 && label < labels, `label ${label} is not below ${labels}`);
    return this.machine.call('fl_model_loss', this.arena, label);
  }

  /** N5 to N7, after `loss`. */
  backward({ seed, index, rates }: WasmStep): void {
    const words = new ByteWriter();
    words.u32(seed);
    words.u32(index);
    for (const { mantissa, exponent } of [rates.weights, rates.bias, rates.head]) {
      words.u16(mantissa);
      words.i16(exponent);
    }
    this.machine.put(this.step, words.finish());
    this.machine.call('fl_wasm_backward', this.arena, this.parameters, this.input, this.step);
  }

  /** All variables as they are. */
  state(): Uint8Array {
    this.machine.call('fl_model_read_state', this.arena, 0, this.stream, this.facts.stateBytes);
    return this.machine.copyOf(this.stream, this.facts.stateBytes);
  }

  /** N12: what was learnt since `load`. */
  delta(): Uint8Array {
    this.machine.call(
      'fl_model_read_delta',
      this.arena,
      this.parameters,
      0,
      this.stream,
      this.facts.deltaBytes,
    );
    return this.machine.copyOf(this.stream, this.facts.deltaBytes);
  }

  /** N13: values that came to the end of their range since `load`. */
  saturated(): { readonly weights: number; readonly headWeights: number; readonly biases: number } {
    this.machine.call('fl_wasm_saturated', this.arena, this.parameters, this.step);
    const counts = new ByteReader(this.machine.view(this.step, 3 * 4));
    return { weights: counts.u32(), headWeights: counts.u32(), biases: counts.u32() };
  }
}
