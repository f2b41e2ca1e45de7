import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unwrap } from '#libs/base/result';
import { arenaBudget, parseBoard } from '#libs/firmware/boards';
import { type Graph, graphMacs, tensorOf } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { arenaBytesOf, featureBytesOf, layersIn, planStep, planTraining, roomOn, type StepRequest } from '.';

const ROOM = { featureBytes: Infinity };
const AT_ONCE = { tries: 0, looks: 0 };

/** Layers 0 to 3 before the head; the maps behind them have 768, 192, 1536 and 768 bytes, with no other `channels`. */
function network(kernel: 1 | 3, channels = { large: 24, last: 12 }): Graph {
  const builder = new GraphBuilder('maps');
  const wide = builder.conv('wide', builder.input([1, 16, 16, 3]), { channels: 3, kernel: 3, padding: 1 });
  const small = builder.conv('small', wide, { channels: 3, kernel: 3, stride: 2, padding: 1 });
  const large = builder.conv('large', small, { channels: channels.large });
  const last = builder.conv('last', large, { channels: channels.last, kernel, padding: (kernel - 1) / 2 });
  const features = builder.reshape('features', builder.averagePool('pool', last), [1, channels.last]);
  return builder.build(builder.softmax('softmax', builder.fullyConnected('fc', features, { channels: 4 })));
}

const scheme = (biasLayers: number) => ({ name: 'test', biasLayers, weightLayers: [] });

/** Name of the features, or nothing. */
function cachedAt(graph: Graph, biasLayers: number, request: StepRequest): string | undefined {
  const { prefix } = unwrap(planStep(graph, scheme(biasLayers), { ...AT_ONCE, ...request }));
  const [features] = prefix?.graph.outputs ?? [];
  return prefix && features !== undefined ? tensorOf(prefix.graph, features).name : undefined;
}

describe('what is computed once a sample', () => {
  const graph = network(1);

  it('is nothing where there is no place for it', () => {
    expect(cachedAt(graph, 0, {})).toBeUndefined();
    expect(cachedAt(graph, 0, { cache: { featureBytes: 11 } })).toBeUndefined();
    expect(cachedAt(graph, 0, { cache: { featureBytes: 12 } })).toBe('features');
  });

  it('ends before the first trained layer', () => {
    expect(cachedAt(graph, 0, { cache: ROOM })).toBe('features');
    expect(cachedAt(graph, 1, { cache: ROOM })).toBe('large');
  });

  it('ends earlier where there is more room for what is kept there, or hardly more left to do', () => {
    expect(cachedAt(network(3), 1, { cache: ROOM })).toBe('small');
    expect(cachedAt(graph, 1, { cache: { featureBytes: 1535 } })).toBe('small');
    expect(cachedAt(graph, 1, { cache: { featureBytes: 191 } })).toBeUndefined();
  });

  it('is nothing where everything is trained', () => {
    expect(cachedAt(graph, 4, { cache: ROOM })).toBeUndefined();
  });

  it('is not kept where it saves no time, but for memory that is short', () => {
    const builder = new GraphBuilder('late');
    const thin = builder.conv('thin', builder.input([1, 32, 32, 1]), { channels: 1, stride: 2 });
    const body = builder.conv('body', thin, { channels: 16, kernel: 3, padding: 1 });
    const features = builder.reshape('features', builder.averagePool('pool', body), [1, 16]);
    const late = builder.build(builder.fullyConnected('fc', features, { channels: 3 }));
    expect(cachedAt(late, 1, { cache: ROOM })).toBeUndefined();
    const short = { optimize: 'speed', budgetBytes: 1 } as const;
    const [whole, apart] = [short, { ...short, cache: ROOM }].map((request) =>
      unwrap(planStep(late, scheme(1), { ...AT_ONCE, ...request })),
    );
    expect(arenaBytesOf(apart!)).toBeLessThanOrEqual(arenaBytesOf(whole!));
    expect(apart!.prefix === undefined).toBe(arenaBytesOf(apart!) === arenaBytesOf(whole!));
  });
});

describe('features that save time, but for which memory is short', () => {
  /** What a step keeps beside a sample is its largest map; a step that runs everything holds only some rows of that. */
  const graph = network(1, { large: 96, last: 4 });
  const planned = (request: StepRequest) =>
    unwrap(planStep(graph, scheme(1), { ...AT_ONCE, cache: ROOM, ...request }));
  const apart = planned({});
  const whole = planned({ optimize: 'ram', cache: undefined });
  const between = (arenaBytesOf(apart) + arenaBytesOf(whole)) / 2;

  it('are kept where that fits', () => {
    expect(apart.prefix).toBeDefined();
    expect(planned({ optimize: 'speed', budgetBytes: arenaBytesOf(apart) }).prefix).toBeDefined();
  });

  it('give way to a step that runs everything where only that fits', () => {
    expect(arenaBytesOf(whole)).toBeLessThan(arenaBytesOf(apart));
    const step = planned({ optimize: 'speed', budgetBytes: between });
    expect(step.prefix).toBeUndefined();
    expect(arenaBytesOf(step)).toBeLessThanOrEqual(between);
  });

  it('give way to what lacks least where nothing fits', () => {
    const step = planned({ optimize: 'speed', budgetBytes: arenaBytesOf(whole) - 1 });
    expect(arenaBytesOf(step)).toBe(arenaBytesOf(whole));
  });
});

describe('what a board trains', () => {
  const graph = network(1);
  const file = resolve(__dirname, '../../../firmware-templates/boards/virtual-m4/board.json');
  const board = unwrap(parseBoard(JSON.parse(readFileSync(file, 'utf8'))));
  /** Bytes that training the head alone takes with the prefix. */
  const least = arenaBytesOf(unwrap(planStep(graph, scheme(0), { optimize: 'ram', cache: ROOM })));
  const tight = {
    ...board,
    budget: { ...board.budget, sramBytes: least + board.stackBytes },
    reserveBytes: 0,
  };

  it('may fit although its whole step does not: arenas with a prefix are what the search counts', () => {
    expect(planTraining(graph, tight)).toMatchObject({ ok: false, error: { code: 'program.does-not-fit' } });
    const step = unwrap(planTraining(graph, tight, { cache: roomOn(tight) }));
    expect(step.prefix?.plan.peakBytes).toBeGreaterThan(step.plan.peakBytes);
    expect(arenaBytesOf(step)).toBeLessThanOrEqual(arenaBudget(tight));
  });

  it('has a prefix only where the board keeps room for features', () => {
    const bare = { ...tight, featureBytes: 0 };
    expect(roomOn(bare)).toBeUndefined();
    expect(planTraining(graph, bare, { cache: roomOn(bare) }).ok).toBe(false);
  });
});

describe('half of kws-digits computed once a sample', () => {
  const kws = kwsDigitsGraph();
  const whole = unwrap(planStep(kws, KWS_SCHEMES.sparse, AT_ONCE));
  const apart = unwrap(planStep(kws, KWS_SCHEMES.sparse, { ...AT_ONCE, cache: ROOM }));

  it('leaves less to a step, in an arena that is no larger, with room for the prefix', () => {
    const { prefix, training, plan } = apart;
    expect(graphMacs(training) + graphMacs(prefix!.graph)).toBe(graphMacs(whole.training));
    expect(prefix!.plan.peakBytes).toBeLessThanOrEqual(plan.peakBytes);
    expect(arenaBytesOf(apart)).toBeLessThanOrEqual(arenaBytesOf(whole));
    expect([layersIn(prefix!.graph), featureBytesOf(prefix!.graph)]).toEqual([9, 3120]);
  });
});
