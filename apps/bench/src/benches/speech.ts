import { inputQuantisation } from '#libs/firmware/program';
import { type Dataset, FSDD_SPEAKERS, toInput } from '#libs/model/dataset';
import { uniformRates } from '#libs/model/quant';
import type { Bench } from '../bench';
import { boardCalled, compileModel, FACTORY_MODEL, readInference, schemeCalled } from '../compile-model';
import { openFsdd } from '../fsdd';
import { ANCHORS } from '../speech/anchors';
import { runAll } from '../speech/pool';
import type { SpeechRun } from '../speech/run';
import { parseSpeechSettings, SPEECH_USAGE, type SpeechSettings } from '../speech/settings';
import { type Outcome, summaryTable } from '../speech/summary';

/** The session of split s is seeded with this plus s; split 0's is the seed of the golden training vectors. */
const FIRST_SEED = 0x12345678;
const seedOf = (split: number): number => FIRST_SEED + split;

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
    const datasetOf = ({ speaker, split }: SpeechRun): Dataset =>
      toInput(recordingsOf(speaker, split), inputQuantisation(inference));

    print(heading(settings, scheme.name));
    const outcomes: Outcome[] = [];
    const runs = settings.splits.flatMap((split) => FSDD_SPEAKERS.map((speaker) => ({ speaker, split })));
    await runAll({ program: build.binary, parameters }, runs, {
      taskOf: (run) => ({
        dataset: datasetOf(run),
        settings: {
          seed: seedOf(run.split),
          passes: settings.passes,
          rates: uniformRates(settings.learningRate),
        },
      }),
      ended: (run, { before, after }) => {
        outcomes.push({ ...run, before, after });
        print(`split ${run.split} ${run.speaker.padEnd(8)} ${before.toFixed(4)} -> ${after.toFixed(4)}`);
      },
    });
    const anchor = ANCHORS[settings.scheme];
    print(`\n${summaryTable(outcomes, anchor)}`);
    print(`\n${BEFORE_NOTE}`);
    if (anchor?.integerReference)
      print(`The all-integer reference program reached a mean of ${anchor.integerReference}.`);
  },
};

const heading = ({ splits, passes, learningRate }: SpeechSettings, scheme: string): string =>
  `real speech (FSDD), 100 recordings to learn from and 400 to test on; scheme ${scheme}, ${passes} passes, ` +
  `batch 1, rate ${learningRate} constant; session seeds ${splits.map((split) => `0x${seedOf(split).toString(16)}`).join(', ')}\n`;

const BEFORE_NOTE =
  'The factory model without training ("before") differs from its anchor by a few tenths of a point: that was measured\n' +
  'with floating-point rescaling after every layer, devices rescale in integers as TensorFlow Lite Micro does, and the\n' +
  "recordings are requantised from the features' scale to the model's.";
