import { digestOf, toHex } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { compileWasm, openEngine, type TrainJob, WasmModel } from '#libs/firmware/toolchain';
import { trainingGraph } from '#libs/model/passes';
import { rateAt, rateOf, warmUpThenConstant } from '#libs/model/quant';
import { createSession } from '#libs/model/reference';
import { buildHarness, prepare, testWorkshop } from '#test/support/harness';
import { randomInputs } from '#test/support/random-networks';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';

const inference = residualNetwork(3);
const scheme = { name: 'some', biasLayers: 3, weightLayers: [{ layer: 1, ratio: 1 }] };
const graph = unwrap(trainingGraph(inference, scheme));
const { model, parameters } = prepare(graph, inference);
const inputs = randomInputs(inference, 3, 4);
const STEPS = 30;
const SEED = 99;

const segments = warmUpThenConstant(0.08, STEPS);
const ratesAt = (step: number) => ({
  weights: rateAt(segments, step),
  bias: rateOf(0.01),
  head: rateOf(0.05),
});
const labelOf = (step: number): number => (step * 5) % 3;
const inputOf = (step: number): Int8Array => at(inputs, step % inputs.length);

const compiledModule = (async () => compileWasm((await buildHarness('wasm', model)).binary))();

describe('a model in WebAssembly, step by step', () => {
  it('does what the reference does, with a rate that changes', async () => {
    const wasm = new WasmModel(await compiledModule, parameters);
    const session = createSession(graph);
    for (let step = 0; step < STEPS; step++) {
      session.forward(inputOf(step));
      expect([...wasm.logits(inputOf(step))]).toEqual([...session.logits()]);
      expect(wasm.predict()).toBe(session.predict());
      expect(wasm.loss(labelOf(step))).toBe(session.loss(labelOf(step)));
      session.backward({ seed: SEED, index: step, rates: ratesAt(step) });
      wasm.backward({ seed: SEED, index: step, rates: ratesAt(step) });
    }
    expect(toHex(wasm.state())).toBe(toHex(session.state()));
    expect(toHex(wasm.delta())).toBe(toHex(session.delta()));
  });

  it('does what a whole job does with the same segments of rates', async () => {
    const job: TrainJob = {
      parameters,
      inputs,
      steps: Array.from({ length: STEPS }, (_, step) => ({
        input: step % inputs.length,
        label: labelOf(step),
      })),
      seed: SEED,
      rates: segments.map(({ firstStep }) => ({ firstStep, ...ratesAt(firstStep) })),
    };
    const result = unwrap(await openEngine(testWorkshop, await buildHarness('wasm', model)).train(job));
    const wasm = new WasmModel(await compiledModule, parameters);
    for (let step = 0; step < STEPS; step++) {
      wasm.forward(inputOf(step));
      wasm.loss(labelOf(step));
      wasm.backward({ seed: SEED, index: step, rates: ratesAt(step) });
    }
    expect(digestOf(result.state)).toBe(digestOf(wasm.state()));
  });

  it('starts anew from the parameter image', async () => {
    const wasm = new WasmModel(await compiledModule, parameters);
    const start = toHex(wasm.state());
    wasm.forward(inputOf(0));
    wasm.loss(1);
    wasm.backward({ seed: 1, index: 0, rates: ratesAt(STEPS) });
    expect(toHex(wasm.state())).not.toBe(start);
    wasm.load();
    expect(toHex(wasm.state())).toBe(start);
    expect(wasm.delta().every((byte) => byte === 0)).toBe(true);
  });

  it('says what it is', async () => {
    const { facts } = new WasmModel(await compiledModule, parameters);
    const { training, ...others } = model.facts;
    if (!training) throw new Error('the model does not train');
    const { objective: _, labels: __, gradients: ___, mantissaBits: ____, ...known } = training;
    expect(facts).toMatchObject({ trains: true, ...known });
    expect(facts).toMatchObject({
      arenaBytes: others.arenaBytes,
      layout: others.layout,
      inputBytes: others.inputBytes,
    });
  });

  it('refuses the parameters of another model, and labels that it has no class for', async () => {
    const other = prepare(shortcutNetwork(), shortcutNetwork()).parameters;
    const compiled = await compiledModule;
    expect(() => new WasmModel(compiled, other)).toThrow('refused (-2)');
    const damaged = parameters.with(100, at(parameters, 100) ^ 1);
    expect(() => new WasmModel(compiled, damaged)).toThrow('refused (-3)');
    expect(() => new WasmModel(compiled, parameters).loss(3)).toThrow('label 3');
  });
});

describe('the harness refuses', () => {
  const good: TrainJob = {
    parameters,
    inputs,
    steps: [{ input: 0, label: 0 }],
    seed: 1,
    rates: [{ firstStep: 0, ...ratesAt(STEPS) }],
  };
  const says = async (job: TrainJob) =>
    openEngine(testWorkshop, await buildHarness('native', model, { sanitize: true })).train(job);

  it('a label without a class, an input that is not there, a job without rates', async () => {
    const error = { code: 'run.bad-job' };
    expect(await says({ ...good, steps: [{ input: 0, label: 3 }] })).toMatchObject({ ok: false, error });
    expect(await says({ ...good, steps: [{ input: 3, label: 0 }] })).toMatchObject({ ok: false, error });
    expect(await says({ ...good, rates: [] })).toMatchObject({ ok: false, error });
    expect(await says(good)).toMatchObject({ ok: true });
  });

  it('a damaged parameter image', async () => {
    const damaged = parameters.with(80, at(parameters, 80) ^ 4);
    expect(await says({ ...good, parameters: damaged })).toMatchObject({
      ok: false,
      error: { code: 'run.bad-parameters' },
    });
  });
});
