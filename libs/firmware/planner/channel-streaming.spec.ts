import { at, unwrap } from '#libs/base/result';
import { type Graph, type GradientStorage, type Op, tensorOf } from '#libs/model/ir';
import {
  compactGradients,
  narrowGradients,
  poolGradients,
  runPasses,
  trainingGraph,
  type TrainingScheme,
} from '#libs/model/passes';
import { uniformRates } from '#libs/model/quant';
import { invertedResiduals, separableBlocks } from '#test/support/chained-networks';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { randomInputs, randomNetwork, randomScheme } from '#test/support/random-networks';
import { TrainingArena } from '#test/support/training-arena';
import {
  type Call,
  channelwise,
  isRead,
  type OpCall,
  placeAll,
  type Plan,
  renderPlan,
  type Stowage,
  verifyPlan,
} from '.';
import { randomSchedule, withBuffers } from './testing/random-schedules';

const EFFORT = { tries: 10, looks: 0 };

const streamedOf = (graph: Graph): Plan => placeAll(graph, { ...EFFORT, schedule: channelwise(graph) });
const chainsOf = ({ schedule }: Plan): number =>
  schedule.segments.filter(({ unit }) => unit === 'channel').length;
const isOp = (call: Call): call is OpCall => !isRead(call);

/** Everything is trained. */
function trainedWhole(inference: Graph, gradients?: GradientStorage): Graph {
  const layers = inference.ops.filter((op) => 'weights' in op).length - 1;
  const weightLayers = Array.from({ length: layers }, (_, layer) => ({ layer, ratio: 1 }));
  const scheme: TrainingScheme = { name: 'all', biasLayers: layers, weightLayers };
  return unwrap(trainingGraph(inference, scheme, { ...(gradients && { gradients }) }));
}

function learnt(graph: Graph, plan: Plan, inputs: readonly Int8Array[]): readonly Uint8Array[] {
  const arena = new TrainingArena(graph, plan, 5);
  inputs.forEach((input, index) => arena.step(input, index, { seed: 3, index, rates: uniformRates(0.1) }));
  return arena.result();
}

describe('a training step of which the backward half runs by channels', () => {
  it.each([
    ['inverted residual blocks', invertedResiduals(), 2, 'int16'],
    ['depthwise separable blocks', separableBlocks(), 2, 'int16'],
    ['inverted residual blocks', invertedResiduals(), 2, 'int8'],
    ['depthwise separable blocks', separableBlocks(), 2, 'int8'],
  ] as const)('learns the same from %s (%#)', (_, inference, chains, gradients) => {
    const graph = trainedWhole(inference, gradients);
    const inputs = randomInputs(inference, 3, 7);
    const [whole, streamed] = [placeAll(graph, EFFORT), streamedOf(graph)];
    expect(chainsOf(streamed)).toBe(chains);
    expect(streamed.stowages).toBeDefined();
    expect(learnt(graph, streamed, inputs)).toEqual(learnt(graph, whole, inputs));
  });

  it('keeps no whole gradient of an expanded map', () => {
    const graph = trainedWhole(invertedResiduals());
    const plan = streamedOf(graph);
    const expanded = graph.tensors.filter(({ name }) => /^[ab]\.(ex|dw)\.[gh]$/.test(name));
    expect(expanded).toHaveLength(8);
    for (const { id } of expanded) {
      const buffer = plan.buffers.find(({ tensors }) => tensors.includes(id));
      const [, pixels = 0] = tensorOf(graph, id).shape;
      expect(buffer).toMatchObject({ planes: 4, bytes: 4 * (2 * pixels + 2) });
    }
  });

  it('says what it does', () => {
    const graph = trainedWhole(invertedResiduals());
    const text = renderPlan(graph, streamedOf(graph));
    expect(text).toMatch(/channels b\.pw\.backward, b\.pw\.w\.update, b\.dw\.scale, .*b\.ex\.w\.update/);
    expect(text).toContain('(4 channels at a time)');
    expect(text).toContain('b.ex.backward inputGradient sums begin');
    expect(text).toContain('b.ex.backward inputGradient channels 8..9');
  });

  it('takes as few calls as the budget allows', () => {
    const graph = unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.sparse));
    const [whole, least] = [placeAll(graph), placeAll(graph, { optimize: 'ram' })];
    const budgetBytes = 39_400;
    const between = placeAll(graph, { optimize: 'speed', budgetBytes });
    expect(between.peakBytes).toBeLessThanOrEqual(budgetBytes);
    expect(between.schedule.calls.length).toBeLessThan(least.schedule.calls.length);
    expect(chainsOf(between)).toBeLessThan(chainsOf(least));
    expect(chainsOf(placeAll(graph, { optimize: 'speed', budgetBytes: whole.peakBytes }))).toBe(0);
  });
});

interface Sample {
  readonly graph: Graph;
  readonly plan: Plan;
}

/** Random training steps, cut anyhow, of which something runs by channels. */
const samples: readonly Sample[] = Array.from({ length: 90 }, (_, seed) => {
  const inference = randomNetwork(seed + 1);
  const gradients = seed % 3 === 2 ? 'int8' : 'int16';
  const graph = unwrap(trainingGraph(inference, randomScheme(inference, seed + 1), { gradients }));
  const request = { inputsInArena: false, inputRows: false, reduces: () => false };
  const { schedule } = randomSchedule(graph, seed + 1, request);
  return { graph, plan: placeAll(graph, { ...EFFORT, tries: 0, schedule }) };
}).filter(({ plan }) => chainsOf(plan) > 0);

type Change = (graph: Graph, calls: readonly OpCall[], chain: OpCall[]) => readonly Call[] | undefined;

/** How many changed schedules there are, and how many of them the verifier finds. */
function found(change: Change): readonly [planted: number, found: number] {
  let [planted, caught] = [0, 0];
  for (const { graph, plan } of samples) {
    const calls = plan.schedule.calls.filter(isOp);
    const changed = change(
      graph,
      calls,
      calls.filter(({ channels, stage }) => channels ?? stage),
    );
    if (!changed) continue;
    const wrong = { ...plan, schedule: { ...plan.schedule, calls: changed } };
    planted++;
    if (verifyPlan(graph, wrong).length > 0) caught++;
  }
  return [planted, caught];
}

const opOf = (graph: Graph, { op }: OpCall): Op => at(graph.ops, op);

describe('of calls by channels, the verifier finds', () => {
  it.each<readonly [string, Change]>([
    [
      'a call that is left out',
      (_, calls, chain) => calls.filter((call) => call !== at(chain, Math.floor(chain.length / 2))),
    ],
    [
      'two turns in the wrong order',
      (_, calls, chain) => {
        const later = chain.findIndex(({ channels }) => channels?.from === 4);
        const [a, b] = [chain.find(({ channels }) => channels), chain[later]];
        if (!a || !b) return undefined;
        return calls.map((call) => (call === a ? { ...call, channels: b.channels! } : call));
      },
    ],
    [
      'weights that are updated before the input gradient has read them',
      (graph, calls, chain) => {
        const update = chain.find((call) => opOf(graph, call).kind === 'weightUpdate');
        const op = update && opOf(graph, update);
        const reader = calls.findIndex((call) => {
          const other = opOf(graph, call);
          return (
            other.kind === 'inputGradient' &&
            op?.kind === 'weightUpdate' &&
            other.layer === op.layer &&
            !call.stage
          );
        });
        if (!update || reader < 0) return undefined;
        const others = calls.filter((call) => call !== update);
        return [...others.slice(0, reader), update, ...others.slice(reader)];
      },
    ],
    [
      'sums that are finished too early',
      (_, calls, chain) => {
        const finish = chain.find(({ stage }) => stage === 'finish');
        if (!finish) return undefined;
        const others = calls.filter((call) => call !== finish);
        const last = others.findLastIndex(({ op, channels }) => op === finish.op && channels);
        return [...others.slice(0, last), finish, ...others.slice(last)];
      },
    ],
    [
      'turns that are no fours',
      (_, calls, chain) => {
        const sum = chain.find(({ stage }) => stage === 'begin');
        const first = chain.find(({ op, channels }) => op === sum?.op && channels?.to === 4);
        if (!first) return undefined;
        return calls.flatMap((call): readonly OpCall[] =>
          call === first
            ? [
                { op: call.op, channels: { from: 0, to: 3 } },
                { op: call.op, channels: { from: 3, to: 4 } },
              ]
            : [call],
        );
      },
    ],
    [
      'an update after the step may have ended',
      (graph, calls) => {
        const ends = calls.findLastIndex((call) => {
          const op = opOf(graph, call);
          return op.kind === 'scaleGradient' && op.exponents === 'shared';
        });
        const update = calls.findLastIndex(
          (call, time) => time < ends && opOf(graph, call).kind === 'biasUpdate' && !call.channels,
        );
        if (update < 0) return undefined;
        return [...calls.filter((_, time) => time !== update), at(calls, update)];
      },
    ],
  ])('%s', (_, change) => {
    const [planted, caught] = found(change);
    expect(planted).toBeGreaterThan(8);
    expect(caught).toBe(planted);
  });

  /** Buffers of a chain moved onto others that are alive meanwhile. */
  it.each<
    readonly [string, (graph: Graph, plan: Plan) => readonly [moved: string, onto: string] | undefined]
  >([
    [
      'passing channels on the masks that they are cut by',
      (graph, plan) => {
        const moved = plan.buffers.find(({ planes }) => planes !== undefined);
        const op = graph.ops.find(
          (each) => each.kind === 'inputGradient' && moved?.tensors.includes(each.output),
        );
        const mask = op?.kind === 'inputGradient' ? op.mask : undefined;
        return moved && mask !== undefined ? [moved.name, tensorOf(graph, mask).name] : undefined;
      },
    ],
    [
      'sums on the gradient that they are made from',
      (graph, plan) => {
        const call = plan.schedule.calls.filter(isOp).find(({ stage }) => stage === 'begin');
        const op = call && opOf(graph, call);
        if (op?.kind !== 'inputGradient') return undefined;
        const nameOf = (id: typeof op.output) =>
          plan.buffers.find(({ tensors }) => tensors.includes(id))!.name;
        return [nameOf(op.output), nameOf(op.gradient)];
      },
    ],
  ])('%s', (_, pick) => {
    let [planted, caught] = [0, 0];
    for (const { graph, plan } of samples) {
      const [moved, onto] = pick(graph, plan) ?? [];
      const target = plan.buffers.find(({ name }) => name === onto);
      if (moved === undefined || !target) continue;
      const offset = 4 * Math.ceil(target.offset / 4);
      const wrong = withBuffers(plan, (buffer) => (buffer.name === moved ? { ...buffer, offset } : buffer));
      planted++;
      const faults = verifyPlan(graph, { ...wrong, peakBytes: 4 * plan.peakBytes });
      if (faults.length > 0) caught++;
    }
    expect(planted).toBeGreaterThan(8);
    expect(caught).toBe(planted);
  });

  it('a buffer of fewer channels than are passed together', () => {
    const graph = trainedWhole(invertedResiduals());
    const plan = streamedOf(graph);
    const wrong = withBuffers(plan, (buffer) =>
      buffer.planes === undefined ? buffer : { ...buffer, planes: buffer.planes - 1 },
    );
    expect(verifyPlan(graph, wrong)).not.toEqual([]);
  });
});

describe('bytes that are stowed in sums', () => {
  const whole = unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.sparse));
  const graph = runPasses(whole, [compactGradients]);
  const plan = placeAll(graph, { optimize: 'ram', looks: 0 });
  const stowages = plan.stowages ?? [];
  const faultsOf = (changed: readonly Stowage[]): readonly string[] =>
    verifyPlan(graph, { ...plan, stowages: changed });

  it('take no place meanwhile', () => {
    const text = renderPlan(graph, plan);
    expect(stowages.length).toBeGreaterThan(0);
    for (const { bytes } of stowages)
      expect(text).toMatch(new RegExp(`${bytes} bytes of .* lie in the sums of`));
    expect(faultsOf([])).not.toEqual([]);
  });

  it('are no more than the sums have room for', () => {
    const more = stowages.map((each) => ({ ...each, bytes: each.bytes + 1 }));
    expect(faultsOf([...stowages, ...stowages])).not.toEqual([]);
    expect(faultsOf(more).join()).toContain('have room for');
  });

  it('are not what is read before they come back', () => {
    const [first] = stowages as readonly [Stowage];
    const { id } = graph.tensors.find(({ name }) => name === 'b6.dw.mask')!;
    const changed = [{ ...first, tensor: id, bytes: 1 }, ...stowages.slice(1)];
    expect(faultsOf(changed).join()).toContain('b6.dw.mask has lost byte');
  });

  it('are of an activation, and sums that are made by channels', () => {
    const [first] = stowages as readonly [Stowage];
    const { id } = graph.tensors.find(({ role }) => role === 'variable')!;
    expect(faultsOf([{ ...first, tensor: id }]).join()).toContain('cannot be stowed');
    expect(faultsOf([{ ...first, op: 0 }]).join()).toContain('have room for 0 bytes');
  });
});

describe('the sparse scheme of kws-digits', () => {
  const graph = unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.sparse));
  const bytesOf = (plan: Plan, kind: string): number =>
    plan.buffers.filter((buffer) => buffer.kind === kind).reduce((sum, { bytes }) => sum + bytes, 0);

  it.each([
    ['gradients stored', [], 36_000],
    ['the pooled one as one number a channel', [poolGradients], 34_352],
    ['none stored that follows from another', [compactGradients], 31_936],
  ] as const)('by channels takes less, %s', (_, passes, bytes) => {
    const plan = placeAll(runPasses(graph, passes), { optimize: 'ram' });
    expect(plan.peakBytes).toBeLessThanOrEqual(bytes);
    expect(chainsOf(plan)).toBeGreaterThan(1);
  });

  it('takes little less where gradients are int8: what the forward half needs stays', () => {
    const narrow = runPasses(graph, [narrowGradients]);
    const compact = runPasses(narrow, [compactGradients]);
    expect(placeAll(narrow)).toMatchObject({ peakBytes: 39_848, proof: 'bound' });
    expect(placeAll(compact, { optimize: 'ram' }).peakBytes).toBeLessThanOrEqual(31_864);
  });

  it('trains in less than 40,000 bytes layer by layer, all trained copies included', () => {
    const plan = placeAll(graph);
    expect(plan).toMatchObject({ peakBytes: 39_848, proof: 'bound' });
    expect(bytesOf(plan, 'variable')).toBe(15_720);
  });
});
