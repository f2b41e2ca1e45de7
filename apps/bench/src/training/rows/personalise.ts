import type { StepRequest } from '#libs/firmware/program';
import type { FsddSpeaker } from '#libs/model/dataset';
import type { SparseScheme } from '#libs/model/scheme';
import { accuracyOf, type SessionRecord } from '#libs/model/session';
import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { atLeast, atMost, count, fraction } from '../bar';
import { withCrew } from '../crew';
import { digitsProgram, PASSES, planOf } from '../digits';
import { type Figure, held, noted } from '../figure';
import type { RowContext, TrainingRow } from '../row';
import { seedOf } from '../settings';
import { deviation, mean, meansBy, recordingsFor, sessionRows } from '../speakers';

/** One speaker's session on one split. */
interface Session {
  readonly speaker: FsddSpeaker;
  readonly split: number;
  readonly record: SessionRecord;
}

/** Every speaker and split at one rate, generated C as WebAssembly, the rules of a session around it. */
async function sessionsOf(
  scheme: SparseScheme,
  rate: number,
  { settings, note }: RowContext,
  request: StepRequest = {},
): Promise<readonly Session[]> {
  const inference = kwsDigitsGraph();
  const recordings = recordingsFor(inference, settings.data);
  const { binary, parameters } = await digitsProgram(inference, scheme, request);
  const runs = settings.splits.flatMap((split) => settings.speakers.map((speaker) => ({ speaker, split })));
  return withCrew(binary, (crew) =>
    Promise.all(
      runs.map(async ({ speaker, split }) => {
        const rows = sessionRows(recordings(speaker, split));
        const plan = planOf(seedOf(split), PASSES, rate);
        const record = await crew.session({ parameters, rows, plan });
        const { before, after, restarts } = record;
        note(
          `${scheme.name} ${rate}: ${speaker}, split ${split}: ${fraction(accuracyOf(before))} -> ` +
            `${fraction(accuracyOf(after))}${restarts > 0 ? `, ${restarts} restarts` : ''}`,
        );
        return { speaker, split, record };
      }),
    ),
  );
}

const after = ({ record }: Session): number => accuracyOf(record.after);

function meanAfter(sessions: readonly Session[]): { readonly mean: number; readonly spread: string } {
  const splits = meansBy(sessions, ({ split }) => split, after);
  const spread = `splits ${splits.map((each) => fraction(each)).join(' ')}, sd ${fraction(deviation(splits))}`;
  return { mean: mean(splits), spread };
}

const speakersOf = (sessions: readonly Session[]): string => `${sessions.length} sessions`;

export const personalise: TrainingRow = {
  name: 'personalise',
  summary: 'six real speakers, sparse scheme, 100 recordings, 10 epochs, batch 1, rate .02: mean accuracy',
  async measure(context) {
    const sessions = await sessionsOf(KWS_SCHEMES.sparse, 0.02, context);
    const { mean: measured, spread } = meanAfter(sessions);
    const before = mean(sessions.map(({ record }) => accuracyOf(record.before)));
    return [
      held(
        {
          what: `sparse, rate .02 (${speakersOf(sessions)}; ${spread})`,
          anchor: 'PyTorch, fp32 weights .959; integer reference .972',
          bar: atLeast(0.968),
          format: fraction,
        },
        measured,
      ),
      noted('before', fraction(before), '.658'),
    ];
  },
};

export const narrow: TrainingRow = {
  name: 'narrow',
  summary: 'the same with gradients of int8 (6 bits)',
  async measure(context) {
    const sessions = await sessionsOf(KWS_SCHEMES.sparse, 0.02, context, { gradients: 'int8' });
    const { mean: measured, spread } = meanAfter(sessions);
    return [
      held(
        {
          what: `sparse, rate .02, gradients of int8 (${speakersOf(sessions)}; ${spread})`,
          anchor: 'integer reference .9719, with 13 bits .9724',
          bar: atLeast(0.968),
          format: fraction,
        },
        measured,
      ),
    ];
  },
};

/** Sessions that ended worse than they began. */
const belowTheirStart = (sessions: readonly Session[], what: string): Figure => {
  const worse = sessions.filter(({ record }) => accuracyOf(record.after) < accuracyOf(record.before));
  return held({ what, bar: atMost(0), format: count }, worse.length);
};

/** Sessions that diverged. A restart of the guard is told, too. */
function divergence(sessions: readonly Session[]): readonly Figure[] {
  const restarts = sessions.reduce((sum, { record }) => sum + record.restarts, 0);
  const lost = sessions.filter(({ record }) => !record.kept);
  return [
    belowTheirStart(sessions, 'sessions that ended below their start'),
    held({ what: 'sessions that the guard gave up', bar: atMost(0), format: count }, lost.length),
    noted('restarts by the guard, all sessions', count(restarts)),
  ];
}

const TIMES = [10, 100] as const;

export const guard: TrainingRow = {
  name: 'guard',
  summary: 'the sparse scheme at ten and a hundred times its rate: no session ends worse than it began',
  async measure(context) {
    const figures: Figure[] = [];
    for (const times of TIMES) {
      const sessions = await sessionsOf(KWS_SCHEMES.sparse, times * 0.02, context);
      const kept = sessions.filter(({ record }) => record.kept).length;
      figures.push(
        belowTheirStart(sessions, `sessions that ended below their start, ${times} times the rate`),
        noted(`accuracy after, ${times} times the rate`, fraction(meanAfter(sessions).mean)),
        noted(`sessions whose learning was kept, ${times} times the rate`, `${kept} of ${sessions.length}`),
      );
    }
    return figures;
  },
};

export const fullAndLast: TrainingRow = {
  name: 'full-last',
  summary: 'the same with the full update at .01 and the last layer alone at .15',
  async measure(context) {
    const full = await sessionsOf(KWS_SCHEMES.full, 0.01, context);
    const last = await sessionsOf(KWS_SCHEMES.fc, 0.15, context);
    const [whole, head] = [meanAfter(full), meanAfter(last)];
    return [
      held(
        {
          what: `full, rate .01 (${speakersOf(full)}; ${whole.spread})`,
          anchor: '.982',
          bar: atLeast(0.975),
          format: fraction,
        },
        whole.mean,
      ),
      ...divergence(full),
      held(
        {
          what: `last layer, rate .15 (${speakersOf(last)}; ${head.spread})`,
          anchor: '.920',
          bar: atLeast(0.912),
          format: fraction,
        },
        head.mean,
      ),
    ];
  },
};
