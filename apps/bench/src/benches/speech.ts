import { inputQuantisation } from '#libs/firmware/program';
import { FSDD_SPEAKERS, type FsddSpeaker, toInput } from '#libs/model/dataset';
import { accuracyOf, type SessionPlan, sessionSchedule } from '#libs/model/session';
import type { Bench } from '../bench';
import { boardCalled, compileModel, FACTORY_MODEL, readInference, schemeCalled } from '../compile-model';
import { openFsdd } from '../fsdd';
import { ANCHORS } from '../speech/anchors';
import { parseSpeechSettings, SPEECH_USAGE, type SpeechSettings } from '../speech/settings';
import { type Outcome, summaryTable } from '../speech/summary';
import { withCrew } from '../training/crew';
import { seedOf } from '../training/settings';
import { sessionRows } from '../training/speakers';

/** Only the plan's budget depends on the board, and this bench has none. */
const BOARD = 'virtual-m4';

export const speech: Bench = {
  name: 'speech',
  summary: 'personalises the factory model on six real speakers, with the generated C as WebAssembly',
  usage: SPEECH_USAGE,
  async run(words, print) {
    const settings = parseSpeechSettings(words);
    const recordingsOf = openFsdd(settings.data);
    const inference = readInference(FACTORY_MODEL);
    const scheme = schemeCalled(inference, settings.scheme);
    const board = await boardCalled(BOARD);
    const { build, parameters } = await compileModel({
      inference,
      scheme,
      board,
      target: 'wasm',
      program: 'harness',
    });
    const rowsOf = (speaker: FsddSpeaker, split: number) =>
      sessionRows(toInput(recordingsOf(speaker, split), inputQuantisation(inference)));

    print(heading(settings, scheme.name));
    const runs = settings.splits.flatMap((split) => FSDD_SPEAKERS.map((speaker) => ({ speaker, split })));
    const outcomes = await withCrew(build.binary, (crew) =>
      Promise.all(
        runs.map(async ({ speaker, split }): Promise<Outcome> => {
          const rows = rowsOf(speaker, split);
          const plan = planOf(settings, split, rows.adapt.length);
          const record = await crew.session({ parameters, rows, plan });
          const [before, after] = [accuracyOf(record.before), accuracyOf(record.after)];
          print(`split ${split} ${speaker.padEnd(8)} ${before.toFixed(4)} -> ${after.toFixed(4)}`);
          return { speaker, split, before, after };
        }),
      ),
    );
    const anchor = ANCHORS[settings.scheme];
    print(`\n${summaryTable(outcomes, anchor)}`);
    print(`\n${BEFORE_NOTE}`);
    if (anchor?.integerReference)
      print(`The all-integer reference program reached a mean of ${anchor.integerReference}.`);
  },
};

function planOf(settings: SpeechSettings, split: number, rows: number): SessionPlan {
  const { passes, learningRate: rate, order } = settings;
  const rates = { weights: rate, bias: rate, head: rate };
  return {
    seed: seedOf(split),
    passes,
    order,
    schedule: sessionSchedule(rates, passes * rows, settings.schedule),
  };
}

const heading = (settings: SpeechSettings, scheme: string): string => {
  const { splits, passes, learningRate, schedule, order } = settings;
  const seeds = splits.map((split) => `0x${seedOf(split).toString(16)}`).join(', ');
  return (
    `real speech (FSDD), 100 recordings to learn from and 400 to test on; scheme ${scheme}, ${passes} passes, ${order}, ` +
    `batch 1, rate ${learningRate}, ${schedule} after the warm-up; session seeds ${seeds}\n`
  );
};

const BEFORE_NOTE =
  'The factory model without training ("before") differs from its anchor by a few tenths of a point: that was measured\n' +
  'with floating-point rescaling after every layer, devices rescale in integers as TensorFlow Lite Micro does, and the\n' +
  "recordings are requantised from the features' scale to the model's.";
