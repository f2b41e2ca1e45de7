import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { at, unwrap } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { type DeltaLayout, readRawDelta, type VariableDelta } from '#libs/fleet/delta';
import { encodeDataset } from '#libs/model/dataset';
import { type Graph, perTensor, tensorOf } from '#libs/model/ir';
import { importTflite, writeTflite } from '#libs/model/tflite';
import { canonicalValues } from '#test/fleet-vectors/aggregate-world';
import { GraphBuilder } from '#test/support/graph-builder';
import { startServer, type TestServer } from '#test/support/server';
import { household, HouseholdWorld } from './households';

jest.setTimeout(180_000);

const CLASSES = 3;
const ITEM_BYTES = 8 * 8 * 2;
const RELU6 = { activation: 'relu6' } as const;

/** Compiled in a second, yet so wide that 24 KB are enough for half of its layers only. */
function wideNetwork(): Graph {
  const builder = new GraphBuilder('wide');
  const input = builder.input([1, 8, 8, 2]);
  const stem = builder.conv('stem', input, { channels: 16, kernel: 3, padding: 1, ...RELU6 });
  const expand = builder.conv('b1.ex', stem, { channels: 64, ...RELU6 });
  const depthwise = builder.depthwise('b1.dw', expand, { kernel: 3, padding: 1, ...RELU6 });
  const sum = builder.add('res', builder.conv('b1.pw', depthwise, { channels: 16 }), stem);
  const last = builder.conv('last', sum, { channels: 32, ...RELU6 });
  const features = builder.reshape('features', builder.averagePool('pool', last), [1, 32]);
  const logits = builder.fullyConnected('fc', features, { channels: CLASSES });
  return builder.build(builder.softmax('softmax', logits));
}

const graph = wideNetwork();
const file = unwrap(writeTflite(graph));
const INPUT = perTensor(tensorOf(graph, at(graph.inputs, 0)));

/** A device's own items: one pattern a class, and noise. */
function items(seed: number): Uint8Array {
  const rng = new Rng(seed);
  const count = 36;
  const patterns = Array.from({ length: CLASSES }, () =>
    Int8Array.from({ length: ITEM_BYTES }, () => rng.below(160) - 80),
  );
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  const element = (i: number): number =>
    at(at(patterns, at(labels, Math.floor(i / ITEM_BYTES))), i % ITEM_BYTES) + rng.below(41) - 20;
  const elements = Int8Array.from({ length: count * ITEM_BYTES }, (_, i) => element(i));
  return encodeDataset({
    classes: CLASSES,
    itemBytes: ITEM_BYTES,
    adaptCount: 24,
    ...INPUT,
    labels,
    elements,
  });
}

interface Stored {
  readonly label: string;
  readonly digest: string;
  readonly layout: DeltaLayout;
}

/** What the server kept of every device: its delta, and what that is of. */
function deltasOf({ config }: TestServer): ReadonlyMap<string, readonly VariableDelta[]> {
  const database = new DatabaseSync(config.databaseUrl.slice('file:'.length), { readOnly: true });
  const rows = database
    .prepare(
      `SELECT Device.label, Delta.digest, Build.deltaJson FROM Delta JOIN Execution ON Execution.id = Delta.executionId
       JOIN Device ON Device.id = Execution.deviceId JOIN Build ON Build.id = Device.buildId`,
    )
    .all();
  database.close();
  const stored = rows.map((row): Stored => ({
    label: String(row['label']),
    digest: String(row['digest']),
    layout: JSON.parse(String(row['deltaJson'])) as DeltaLayout,
  }));
  return new Map(
    stored.map(({ label, digest, layout }) => {
      const raw = readFileSync(join(config.dataDir, 'blobs', digest.slice(0, 2), digest));
      return [label, unwrap(readRawDelta(layout, new Uint8Array(raw)))];
    }),
  );
}

/** By coordinate of the whole tensor, in canonical order; undefined where the device trained nothing. */
function coordinates(
  deltas: readonly VariableDelta[] | undefined,
  name: string,
  count: number,
): readonly (number | undefined)[] {
  const delta = deltas?.find(({ variable }) => variable.tensorName === name);
  const { run, stride } = delta?.variable.slice ?? { run: count, stride: count };
  let next = 0;
  return Array.from({ length: count }, (_, i) =>
    delta && i % stride < run ? delta.values[next++] : undefined,
  );
}

const clamp = (weight: number): number => Math.max(-127, Math.min(127, weight));

/** Of devices that learnt from the same number of items. */
function averaged(base: number, moves: readonly (number | undefined)[]): number {
  const told = moves.filter((move) => move !== undefined);
  if (told.length === 0) return base;
  return clamp(Math.floor(base + told.reduce((sum, move) => sum + move, 0) / told.length + 0.5));
}

describe('a fleet of small and large devices', () => {
  let server: TestServer;
  let world: HouseholdWorld | undefined;
  let folder = '';
  beforeEach(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-items-'));
  });
  afterEach(async () => {
    await world?.close();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const device = (name: string, sramBytes: number, seed: number) => {
    const path = join(folder, `${name}.flds`);
    writeFileSync(path, items(seed));
    return household(name, { sramBytes, samples: { kind: 'file', path } });
  };

  it('puts what each learnt of a layer, all of it or its first channels, into the right places', async () => {
    const devices = [device('half', 24_576, 1), device('whole', 65_536, 2)];
    world = await HouseholdWorld.open(server, devices, { name: 'wide', file: () => file, input: INPUT });
    await world.settled(2);
    const campaign = await world.campaign(2, { passes: 3, learningRate: 0.05 });
    expect(campaign).toMatchObject({ state: 'completed' });

    const deltas = deltasOf(server);
    const [half, whole] = [deltas.get('half'), deltas.get('whole')];
    const isPart = ({ variable }: VariableDelta): boolean => variable.slice !== undefined;
    expect([half?.some(isPart), whole?.some(isPart)]).toEqual([true, false]);

    const after = unwrap(importTflite(await world.lastVersion()));
    const weights = whole?.filter(({ variable }) => variable.kind === 'weights') ?? [];
    expect(weights.length).toBeGreaterThan(3);
    let inPart = 0;
    for (const { variable } of weights) {
      const base = canonicalValues(graph, variable.tensorName);
      const [ofHalf, ofWhole] = [half, whole].map((some) =>
        coordinates(some, variable.tensorName, base.length),
      );
      const expected = base.map((value, i) => averaged(value, [ofHalf?.[i], ofWhole?.[i]]));
      expect(canonicalValues(after, variable.tensorName)).toEqual(expected);
      inPart += base.filter((_, i) => ofHalf?.[i] === undefined && ofWhole?.[i] !== 0).length;
    }
    expect(inPart).toBeGreaterThan(100);
    expect(half?.some(({ variable, values }) => variable.slice && values.some((value) => value !== 0))).toBe(
      true,
    );
  });
});
