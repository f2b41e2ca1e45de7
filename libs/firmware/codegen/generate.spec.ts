import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import { LOGARITHM_TABLE, POWER_TABLE } from '#libs/model/quant';
import { type Graph, isBackward, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { placeAll } from '#libs/firmware/planner';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { randomNetwork } from '#test/support/random-networks';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';
import { generate, type GeneratedModel, parameterLayout, sessionLayout } from '.';
import { Identifiers, shownName } from './model/names';
import { type Axis, merged, rowMajor } from './ops/axes';

const KERNELS = join(__dirname, '../../../firmware-templates/kernels');
const inference = kwsDigitsGraph();
const sparse = unwrap(trainingGraph(inference, KWS_SCHEMES.sparse));

const generated = (graph: Graph, of: Graph = inference): GeneratedModel =>
  unwrap(generate({ graph, plan: placeAll(graph, { tries: 0 }), layout: parameterLayout(of) }));
const sourceOf = (model: GeneratedModel): string =>
  model.files.find(({ path }) => path === 'model.c')?.text ?? '';
const configOf = (model: GeneratedModel): string =>
  model.files.find(({ path }) => path === 'model_config.h')?.text ?? '';

/** Every pair of offsets that a walk meets. */
const placesOf = (axes: readonly Axis[]): readonly (readonly [number, number])[] =>
  axes.reduce<readonly (readonly [number, number])[]>(
    (places, { extent, first, second }) =>
      places.flatMap(([a, b]) =>
        Array.from({ length: extent }, (_, i) => [a + i * first, b + i * second] as const),
      ),
    [[0, 0]],
  );

describe('generated C', () => {
  it('is the same for the same graph', () => {
    expect(generated(sparse)).toEqual(generated(sparse));
  });

  it('has a comment for every call, with shapes and places', () => {
    const text = sourceOf(generated(sparse));
    for (const { name, kind } of sparse.ops) expect(text).toContain(`: ${name} (${kind})\n`);
    expect(text).toContain('int8[1,13,10,72] @');
    expect(text).toMatch(/borrows \d+ bytes @\d+/);
  });

  it('says its sizes in model_config.h', () => {
    const model = generated(sparse);
    const { arenaBytes, training } = model.facts;
    const config = configOf(model);
    expect(config).toContain(`ARENA_BYTES      ${arenaBytes}u`);
    expect(config).toContain(`DELTA_BYTES      ${training?.deltaBytes}u`);
    expect(config).toContain('MANTISSA_BITS    13');
    expect(configOf(generated(inference))).not.toContain('SCHEME');
  });

  it('calls only kernels that exist', () => {
    const files = new Set(readdirSync(KERNELS).map((name) => name.replace(/\.c$/, '')));
    const graphs = [sparse, inference, ...[1, 2, 3, 4, 5, 6].map(randomNetwork)];
    for (const graph of graphs) {
      const of = graph === sparse ? inference : graph;
      const called = sourceOf(generated(graph, of)).matchAll(/^ {4}(?:const int32_t \w+ = )?fl_(\w+)\(/gm);
      for (const [, kernel] of called) expect(files).toContain(kernel);
    }
  });

  it('ends the step where a gradient dies, after the head has moved', () => {
    const text = sourceOf(generated(sparse));
    const end = text.indexOf('if (!is_alive) return;');
    expect(text.lastIndexOf('fl_scale_gradient(', end)).toBeGreaterThan(text.indexOf('fl_head_update('));
  });

  it('takes only letters and digits from the names of a model', () => {
    const hostile = '*/ int main(void) { return 1; } /*\n#include "/etc/passwd"\\';
    const graph = residualNetwork();
    const renamed: Graph = {
      ...graph,
      name: hostile,
      tensors: graph.tensors.map((tensor) => ({ ...tensor, name: hostile })),
      ops: graph.ops.filter(({ kind }) => kind !== 'softmax').map((op) => ({ ...op, name: hostile })),
      outputs: [graph.ops.find(({ kind }) => kind === 'fullyConnected')!].map((op) =>
        'output' in op ? op.output : graph.outputs[0]!,
      ),
    };
    const model = generated(renamed, renamed);
    for (const { text } of model.files) {
      expect(text).not.toMatch(/main\(void\)|passwd"|\\/);
      expect(text.split('/*').length).toBe(text.split('*/').length);
    }
  });
});

describe('inputs and outputs', () => {
  const inArena = (graph: Graph): GeneratedModel =>
    unwrap(
      generate({
        graph,
        plan: placeAll(graph, { inputsInArena: true }),
        layout: parameterLayout(graph, 'inference'),
      }),
    );

  it('lie in the arena where the plan has a place for them, or the one input where the caller has it', () => {
    const apart = generated(inference).facts;
    expect([apart.inputsInArena, apart.inputs[0]?.offset]).toEqual([false, undefined]);
    const together = inArena(inference);
    expect(together.facts.inputsInArena).toBe(true);
    expect(together.facts.inputs.map(({ bytes }) => bytes)).toEqual([1960]);
    expect(together.facts.inputs[0]?.offset).toBeGreaterThanOrEqual(0);
    expect(configOf(together)).toContain('INPUT_IN_ARENA   1');
    expect(sourceOf(together)).not.toMatch(/, input,/);
  });

  it('leave no parameter unused, whatever tensors are called', () => {
    const builder = new GraphBuilder('unused');
    const text = sourceOf(inArena(builder.build(builder.reshape('parameters', builder.input([1, 5]), [5]))));
    expect(text).toContain('reads  input int8[1,5]');
    expect(text).toContain('(void)input;');
    expect(text).toContain('(void)parameters;');
  });

  it('are listed in the order of the graph, their bytes added up', () => {
    const builder = new GraphBuilder('ports');
    const [a, b] = [builder.input([1, 5]), builder.input([2, 5])];
    const sum = builder.add('sum', a, b);
    const { facts } = inArena({ ...builder.build(sum), outputs: [sum, a, sum] });
    expect(facts.inputs.map(({ tensor, bytes }) => [tensor, bytes])).toEqual([
      [a, 5],
      [b, 10],
    ]);
    expect(facts.outputs.map(({ tensor }) => tensor)).toEqual([sum, a, sum]);
    expect([facts.inputBytes, facts.outputBytes]).toEqual([15, 25]);
  });

  it('show every result of the forward pass to a traced program, in the order of the calls', () => {
    const model = generated(sparse);
    const forward = sparse.ops.filter((op) => !isBackward(op));
    expect(model.facts.calls.map(({ op }) => sparse.ops[op])).toEqual(forward);
    const shown = [...sourceOf(model).matchAll(/FL_AFTER_CALL\((\d+), .*, (\d+)u\);/g)];
    expect(shown.map(([, call]) => Number(call))).toEqual(forward.map((_, i) => i));
    const total = shown.reduce((sum, [, , bytes]) => sum + Number(bytes), 0);
    expect(configOf(model)).toContain(`TRACE_BYTES      ${total}u`);
  });

  it('say of every call that computes when it is done, behind what it shows and before it may end the step', () => {
    const model = generated(sparse);
    const text = sourceOf(model);
    const done = [...text.matchAll(/FL_CALL_DONE\((\d+)\);/g)].map(([, call]) => Number(call));
    const computing = model.writes.flatMap((_, call) => (sparse.ops[call]?.kind === 'reshape' ? [] : [call]));
    expect(done).toEqual(computing);
    expect(text).toMatch(/FL_AFTER_CALL\(0, [^;]*;\n {4}FL_CALL_DONE\(0\);/);
    expect(text).toMatch(/FL_CALL_DONE\(\d+\);\n {4}return loss;/);
    expect(text).not.toMatch(/return;[^}]*FL_CALL_DONE/);
  });

  it('share one table where two activations are the same function of the same scales', () => {
    const builder = new GraphBuilder('tables');
    const input = builder.input([1, 5]);
    const [a, b] = ['a', 'b'].map((name) => builder.unary(name, input, { name: 'logistic' }));
    const text = sourceOf(inArena(builder.build(builder.add('sum', a!, b!))));
    expect(text.match(/static const int8_t/g)?.length).toBe(1);
    expect(text.match(/fl_lookup_s8\(fl_logistic_0,/g)?.length).toBe(2);
  });
});

describe('walks through two arrays', () => {
  it('merge dimensions that follow each other in both', () => {
    const [first, second] = [rowMajor([2, 3, 4, 5]), rowMajor([2, 3, 4, 5])];
    const axes = [2, 3, 4, 5].map((extent, i) => ({ extent, first: first[i]!, second: second[i]! }));
    expect(merged(axes)).toEqual([{ extent: 120, first: 1, second: 1 }]);
  });

  it('visit the same elements in the same order as before', () => {
    const extents = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 });
    const steps = fc.array(fc.constantFrom(0, 1, 2, 3, 6, 9, -1, -3), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(extents, steps, (list, moves) => {
        const axes = list.map((extent, i) => ({ extent, first: moves[i]!, second: moves[i + 6]! }));
        expect(placesOf(merged(axes))).toEqual(placesOf(axes));
      }),
    );
  });
});

describe('names', () => {
  it('never hold what could end a comment, a string or a line', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => !/[*"\\\n\r?]/.test(shownName(name))));
  });

  it('become different C identifiers', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }), (names) => {
        const identifiers = new Identifiers();
        const all = names.map((name, i) => identifiers.of(String(i), name));
        expect(new Set(all).size).toBe(all.length);
        for (const identifier of all) expect(identifier).toMatch(/^[a-z][a-z0-9_]*$/);
      }),
    );
  });

  it('are no keywords of C', () => {
    expect(new Identifiers().of('a', 'float')).toBe('m_float');
  });
});

describe('generate refuses', () => {
  const refused = (graph: Graph, of: Graph = graph): readonly string[] => {
    const result = generate({ graph, plan: placeAll(graph, { tries: 0 }), layout: parameterLayout(of) });
    if (result.ok) throw new Error('it was accepted');
    expect(result.error.code).toBe('codegen.unsupported');
    return result.error.reasons;
  };

  it('a boundary to floating point', () => {
    const builder = new GraphBuilder('floats');
    const output = builder.dequantize('out', builder.input([1, 4]));
    expect(refused(builder.build(output)).join()).toContain('out (dequantize) is a boundary');
  });

  it('scales that would shift numbers out of int32', () => {
    const builder = new GraphBuilder('scales');
    const input = builder.input([1, 2, 2, 3], { scale: 1e9, zeroPoint: 0 });
    const output = builder.conv('c', input, { channels: 2, output: { scale: 1e-9, zeroPoint: 0 } });
    expect(refused(builder.build(output)).join()).toContain('c (conv2d) makes numbers');
  });

  it('several inputs that are not in the arena', () => {
    const builder = new GraphBuilder('two');
    const sum = builder.add('sum', builder.input([1, 4]), builder.input([1, 4]));
    expect(refused(builder.build(sum)).join()).toContain('lie in the arena');
  });

  it('outputs that nothing computes', () => {
    const builder = new GraphBuilder('nothing');
    const input = builder.input([1, 4]);
    const turned = builder.build(builder.reshape('turned', input, [4, 1]));
    expect(refused(turned).join()).toContain('turned is an output that no operator computes');
    expect(refused({ ...turned, outputs: [input] }).join()).toContain('no operator computes');
  });

  it('the parameter layout of another model', () => {
    expect(refused(sparse, shortcutNetwork()).join()).toContain('another model');
  });

  it('inputs that are no int8', () => {
    const tensors = inference.tensors.map((tensor) =>
      tensor.role === 'input' ? { ...tensor, type: 'uint8' as const } : tensor,
    );
    expect(refused({ ...inference, tensors }).join()).toContain('is uint8');
  });
});

describe('the layout of states and deltas', () => {
  it('lists variables in graph order, weights before biases', () => {
    const { variables, stateBytes, deltaBytes } = sessionLayout(sparse);
    expect(variables.slice(0, 3).map(({ name, kind, count }) => [name, kind, count])).toEqual([
      ['b4.ex', 'weights', 1728],
      ['b4.ex', 'bias', 72],
      ['b4.dw', 'bias', 72],
    ]);
    expect({ stateBytes, deltaBytes }).toEqual({ stateBytes: 15_720, deltaBytes: 27_048 });
    expect(variables.at(-1)?.deltaOffset).toBe(deltaBytes - 40);
  });

  it('is named by what is trained, not by how the scheme is called', () => {
    const other = unwrap(trainingGraph(inference, { ...KWS_SCHEMES.sparse, name: 'another name' }));
    expect(sessionLayout(other).scheme).toBe(sessionLayout(sparse).scheme);
    const narrow = unwrap(trainingGraph(inference, KWS_SCHEMES.sparse, { gradients: 'int8' }));
    expect(sessionLayout(narrow).scheme).not.toBe(sessionLayout(sparse).scheme);
    expect(sessionLayout(unwrap(trainingGraph(inference, KWS_SCHEMES.fc))).scheme).not.toBe(
      sessionLayout(sparse).scheme,
    );
  });
});

describe('the tables of the kernels', () => {
  it('are those of N0', () => {
    const text = readFileSync(join(KERNELS, 'tables.c'), 'utf8');
    const [powers, logarithms] = [...text.matchAll(/\{\n([\d,\s]+)\}/g)].map(([, list = '']) =>
      list.match(/\d+/g)?.map(Number),
    );
    expect(powers).toEqual([...POWER_TABLE]);
    expect(logarithms).toEqual([...LOGARITHM_TABLE]);
  });
});

it('names the tensors of the model in the arena map', () => {
  const text = sourceOf(generated(sparse));
  expect(text).toContain('AT_B4_EX_W_TRAINED = 0');
  expect(tensorOf(sparse, sparse.outputs[0]!).name).toBe('fc.logits');
});
