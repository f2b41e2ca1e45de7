import { readFileSync } from 'node:fs';
import { packParameters } from '#libs/firmware/codegen';
import { aggregate, type Contribution, type Master, MEAN, publish, startMaster } from '#libs/fleet/aggregate';
import { type FsddSpeaker, FSDD_SPEAKERS } from '#libs/model/dataset';
import type { Graph } from '#libs/model/ir';
import { accuracyOf, type SessionRows } from '#libs/model/session';
import { patchTflite } from '#libs/model/tflite';
import { inferenceGraph } from '#libs/firmware/program';
import { KWS_SCHEMES } from '#test/support/kws-digits';
import { FACTORY_MODEL, orThrow } from '../../compile-model';
import { atLeast, fraction } from '../bar';
import { type Crew, withCrew } from '../crew';
import { ADAPT_ROWS, digitsProgram, type DigitsProgram, planOf } from '../digits';
import { held, noted } from '../figure';
import type { RowContext, TrainingRow } from '../row';
import { seedOf } from '../settings';
import { last, mean, recordingsFor, sessionRows } from '../speakers';

const ROUNDS = 8;
const LOCAL_PASSES = 2;
const RATE = 0.03;
const UNSEEN: FsddSpeaker = 'nicolas';
const DEVICES = FSDD_SPEAKERS.filter((speaker) => speaker !== UNSEEN);
/** Rounds whose version is tested. */
const TESTED: ReadonlySet<number> = new Set([0, 1, 4, ROUNDS]);
/** Sessions of a round are told apart by their seeds. */
const ROUND_SEED = 0x10000;
const DEVICE_SEED = 0x100;

/** A version of the model, as the server keeps it. */
interface Version {
  readonly file: Uint8Array;
  readonly graph: Graph;
  readonly master: Master;
}

/** Devices, their recordings and the unseen speaker's. */
interface Fleet {
  readonly crew: Crew;
  readonly program: DigitsProgram;
  readonly devices: readonly { readonly speaker: FsddSpeaker; readonly rows: SessionRows }[];
  readonly unseen: SessionRows;
  readonly split: number;
}

/** Mean accuracy of the devices with the version, and the unseen speaker's. */
interface Tested {
  readonly round: number;
  readonly devices: number;
  readonly unseen: number;
}

/** What every device learnt from the version in a round. */
async function contributions(
  { crew, program, devices, split }: Fleet,
  version: Version,
  round: number,
): Promise<readonly Contribution[]> {
  const parameters = packParameters(version.graph);
  return Promise.all(
    devices.map(async ({ speaker, rows }, device) => {
      const seed = seedOf(split) + round * ROUND_SEED + device * DEVICE_SEED;
      // Devices evaluate the version after the round; here one program does it for all of them.
      const work = { parameters, rows: { ...rows, test: rows.test.slice(0, 1) } };
      const { delta } = await crew.session({ ...work, plan: planOf(seed, LOCAL_PASSES, RATE) });
      return { deviceId: speaker, sampleCount: ADAPT_ROWS, layout: program.layout, raw: delta };
    }),
  );
}

/** As the server does it at the end of a round. */
function nextVersion({ file, graph, master }: Version, learnt: readonly Contribution[]): Version {
  const moved = orThrow(aggregate(master, learnt, MEAN));
  const next = publish({ graph, before: master, after: moved.master });
  const patched = orThrow(patchTflite(file, next.patches));
  return { file: patched, graph: orThrow(inferenceGraph(patched, graph.name)), master: next.master };
}

async function tested({ crew, devices, unseen }: Fleet, version: Version, round: number): Promise<Tested> {
  const parameters = packParameters(version.graph);
  const accuracy = async (rows: SessionRows['test']): Promise<number> => {
    const { items, right } = await crew.evaluation({ parameters, rows });
    return accuracyOf({ items, right, lossSum: 0 });
  };
  const own = await Promise.all(devices.map(({ rows }) => accuracy(rows.test)));
  return { round, devices: mean(own), unseen: await accuracy([...unseen.adapt, ...unseen.test]) };
}

async function campaign(fleet: Fleet, start: Version, note: RowContext['note']): Promise<readonly Tested[]> {
  let version = start;
  const results = [await tested(fleet, version, 0)];
  for (let round = 1; round <= ROUNDS; round++) {
    version = nextVersion(version, await contributions(fleet, version, round));
    if (!TESTED.has(round)) continue;
    const result = await tested(fleet, version, round);
    note(
      `federated, split ${fleet.split}, round ${round}: ${fraction(result.devices)} (${fraction(result.unseen)})`,
    );
    results.push(result);
  }
  return results;
}

function factoryVersion(): Version {
  const file = new Uint8Array(readFileSync(FACTORY_MODEL));
  const graph = orThrow(inferenceGraph(file, 'kws-digits'));
  return { file, graph, master: orThrow(startMaster(graph)) };
}

export const federated: TrainingRow = {
  name: 'federated',
  summary:
    '5 devices, 8 rounds of 2 epochs at .03: mean over the devices, and of a speaker nobody trained on',
  async measure({ settings, note }) {
    const start = factoryVersion();
    const recordings = recordingsFor(start.graph, settings.data);
    const program = await digitsProgram(start.graph, KWS_SCHEMES.sparse);
    const campaigns = await withCrew(program.binary, async (crew) => {
      const all: (readonly Tested[])[] = [];
      for (const split of settings.splits) {
        const devices = DEVICES.map((speaker) => ({
          speaker,
          rows: sessionRows(recordings(speaker, split)),
        }));
        const unseen = sessionRows(recordings(UNSEEN, split));
        all.push(await campaign({ crew, program, devices, unseen, split }, start, note));
      }
      return all;
    });
    const ends = campaigns.map(last);
    const starts = campaigns.flatMap((results) => results.slice(0, 1));
    const what = `after ${ROUNDS} rounds (${campaigns.length} splits)`;
    return [
      held(
        {
          what: `mean over 5 devices, ${what}`,
          anchor: 'PyTorch .901; integer .940',
          bar: atLeast(0.925),
          format: fraction,
        },
        mean(ends.map(({ devices }) => devices)),
      ),
      held(
        {
          what: `unseen ${UNSEEN}, ${what}`,
          anchor: 'PyTorch .856; integer .834',
          bar: atLeast(0.82),
          format: fraction,
        },
        mean(ends.map(({ unseen }) => unseen)),
      ),
      noted('before: devices', fraction(mean(starts.map(({ devices }) => devices))), '.640'),
      noted(`before: ${UNSEEN}`, fraction(mean(starts.map(({ unseen }) => unseen))), '.738'),
    ];
  },
};
