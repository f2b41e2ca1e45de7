import { err, fault, ok, type Result, unwrap } from '#libs/base/result';
import { grouped } from '#libs/base/table';
import { fileWithHead } from '#libs/firmware/program';
import { denseHeadOf, type NewHead, newHeadOf } from '#libs/model/passes';
import { defineCommand } from '../command';
import { writeFiles } from '../files/write-files';
import { type ModelFile, readModel } from '../model/read-model';
import { jsonOption, modelWord, printJson } from './shared-parameters';

export const head = defineCommand({
  name: 'head',
  summary: 'Gives a model a new head, so that devices can teach it classes that it has never seen.',
  words: [modelWord],
  options: {
    classes: { type: 'string', value: 'N', meaning: 'classes of the new head, 2 to 256' },
    labels: {
      type: 'string',
      value: 'A,B,C',
      meaning: 'their names, in order, in place of --classes or with it',
    },
    keep: {
      type: 'boolean',
      meaning: 'the first classes are those that the model knows: their weights stay, classes are only added',
    },
    seed: { type: 'string', value: 'N', meaning: 'of the first weights; uint32 (default: 1)' },
    out: {
      type: 'string',
      value: 'OUT.tflite',
      meaning: 'where the model with its new head goes',
      required: true,
      completes: 'file',
    },
    json: jsonOption,
  },
  notes: [
    'The last dense layer is replaced by one with a row a class; a softmax behind it stays. New rows begin with small weights and bias\n' +
      '0: the model guesses until it is trained. With --keep the logits of the known classes stay what they were, bit for bit.',
    'Labels stand in the description of the file.',
  ],
  async run({ words: [path], options }, terminal) {
    const wanted = wantedHead(options);
    if (!wanted.ok) return wanted;
    const model = readModel(path);
    if (!model.ok) return model;
    const file = fileWithHead(model.value.bytes, model.value.file, wanted.value);
    if (!file.ok) return file;
    const written = await writeFiles(new Map([[options.out, file.value]]));
    if (!written.ok) return written;
    const report = headReport(model.value, wanted.value, file.value);
    if (options.json) printJson(terminal, report);
    else terminal.print(headText(report, options.out));
    return ok(undefined);
  },
});

interface HeadWords {
  readonly classes: string | undefined;
  readonly labels: string | undefined;
  readonly keep: boolean;
  readonly seed: string | undefined;
}

/** What is no whole number is NaN, which is refused as any other number that does not suit. */
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : /^\d+$/.test(text) ? Number(text) : NaN;

/** Refused: `usage`, and as `newHeadOf`. */
function wantedHead({ classes, seed, ...wish }: HeadWords): Result<NewHead> {
  const wanted = newHeadOf({ ...wish, classes: numberOf(classes), seed: numberOf(seed) });
  if (!wanted.ok) return wanted;
  return wanted.value
    ? ok(wanted.value)
    : err(fault('usage', '--classes or --labels is needed; see fleetlearn head --help'));
}

interface HeadReport {
  readonly model: string;
  /** The layer that was replaced. */
  readonly head: string;
  readonly features: number;
  readonly classesBefore: number;
  readonly classes: number;
  /** The first of them, with the weights that they had. */
  readonly kept: number;
  readonly seed: number;
  readonly labels: readonly string[] | null;
  readonly fileBytes: number;
}

function headReport({ file: before }: ModelFile, wanted: NewHead, file: Uint8Array): HeadReport {
  const { dense, outputs, features } = unwrap(denseHeadOf(before));
  const { classes, seed, keep, labels = null } = wanted;
  return {
    model: before.name,
    head: dense.name,
    features,
    classesBefore: outputs,
    classes,
    kept: keep ? outputs : 0,
    seed,
    labels,
    fileBytes: file.length,
  };
}

function headText(report: HeadReport, out: string): string {
  const { model, head: layer, features, classesBefore, classes, kept, seed, labels, fileBytes } = report;
  const fresh = classes - kept;
  return [
    `${model}: ${layer} tells ${classes} classes apart by ${features} features (before: ${classesBefore})`,
    kept > 0
      ? `${kept} kept, ${fresh} new${fresh > 0 ? `, from seed ${seed}` : ''}`
      : `all new, from seed ${seed}`,
    ...(labels ? [`labels: ${labels.join(', ')}`] : []),
    `${out}: ${grouped(fileBytes)} bytes`,
  ].join('\n');
}
