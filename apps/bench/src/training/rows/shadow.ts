import { type FsddSpeaker, FSDD_SPEAKERS } from '#libs/model/dataset';
import { uniformRates } from '#libs/model/quant';
import { compileWasm, WasmModel } from '#libs/firmware/toolchain';
import { ShadowSession } from '#test/support/float-shadow';
import { kwsDigitsGraph, KWS_SCHEMES } from '#test/support/kws-digits';
import { atMost, fraction, points } from '../bar';
import { digitsProgram, PASSES } from '../digits';
import { held, noted } from '../figure';
import { personalisePlainly } from '../plain-session';
import type { TrainingRow } from '../row';
import { seedOf } from '../settings';
import { deviation, mean, recordingsFor } from '../speakers';

const RATE = 0.02;

/** Speakers by turns, then the next split. */
const pairsOf = (splits: readonly number[], speakers: readonly FsddSpeaker[], wanted: number) =>
  splits.flatMap((split) => speakers.map((speaker) => ({ speaker, split }))).slice(0, wanted);

/** Of a mean, from the spread of its summands. */
const standardError = (values: readonly number[]): number => deviation(values) / Math.sqrt(values.length);

/** The event loop gets its turn: what has been noted is shown. */
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const shadow: TrainingRow = {
  name: 'shadow',
  summary:
    'int8 weights with stochastic rounding beside weights kept in floating point, same recordings in the same order',
  async measure({ settings, note }) {
    const inference = kwsDigitsGraph();
    const recordings = recordingsFor(inference, settings.data);
    const { step, binary, parameters } = await digitsProgram(inference, KWS_SCHEMES.sparse);
    const module = compileWasm(binary);
    const pairs = pairsOf(settings.splits, settings.speakers, settings.pairs);
    const results: { readonly int8: number; readonly real: number }[] = [];
    for (const { speaker, split } of pairs) {
      const dataset = recordings(speaker, split);
      const session = { seed: seedOf(split), passes: PASSES, rates: uniformRates(RATE) };
      const int8 = personalisePlainly(new WasmModel(module, parameters), dataset, session).after;
      await breath();
      const real = personalisePlainly(new ShadowSession(step.training), dataset, session).after;
      results.push({ int8, real });
      note(`shadow: ${speaker}, split ${split}: int8 ${fraction(int8)}, float ${fraction(real)}`);
      await breath();
    }
    const differences = results.map(({ int8, real }) => 100 * (int8 - real));
    const difference = mean(differences);
    const many = `${results.length} of ${FSDD_SPEAKERS.length * 3} sessions`;
    return [
      held(
        {
          what: `points between the means, either way (${many})`,
          anchor: '0.00 +- .08',
          bar: atMost(0.3),
          format: points,
        },
        Math.abs(difference),
      ),
      noted('int8 minus float, points', `${points(difference)} +- ${points(standardError(differences))}`),
      noted('int8, stochastic rounding', fraction(mean(results.map(({ int8 }) => int8)))),
      noted('weights in floating point', fraction(mean(results.map(({ real }) => real)))),
    ];
  },
};
