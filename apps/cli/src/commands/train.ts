import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { err, fault, ok, type Result } from '#libs/base/result';
import type { Watch } from '#libs/model/session';
import { defineCommand, type Terminal } from '../command';
import { checkPlaces, type Files, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { METHODS } from '../scheme/contributions';
import { type PreparedTraining, prepareTraining } from '../train/prepare';
import { epochLine, measureOfModel, trainReport, trainText } from '../train/train-report';
import { encodedDelta, trainedFile } from '../train/trained-model';
import { jsonOption, modelWord, objectiveOption, printJson, requiredRowOptions } from './shared-parameters';

export const train = defineCommand({
  name: 'train',
  summary: 'Trains a model on labelled rows as a device would, and writes what it learnt.',
  words: [modelWord],
  options: {
    engine: {
      type: 'string',
      value: 'ENGINE',
      meaning: 'reference, native, wasm, or arm:BOARD (emulated): the same bytes come from all',
      required: true,
      completes: 'engine',
    },
    ...requiredRowOptions,
    scheme: {
      type: 'string',
      value: 'auto|last|bias|full|FILE.json',
      meaning:
        'the best that fits the SRAM (`scheme --help` says how); the head; all biases and the head; everything; or a scheme of your own',
      required: true,
      completes: 'file',
    },
    search: {
      type: 'choice',
      choices: METHODS,
      meaning: 'how --scheme auto knows what to train, by the rows to learn from (default: gradients)',
    },
    cache: {
      type: 'string',
      value: 'auto|off',
      meaning:
        'what stands before the first trained layer once a row, where it pays (default), or in every step',
    },
    gradients: {
      type: 'choice',
      choices: ['int16', 'int8', 'auto'],
      meaning:
        'as what they are stored: up to 14 bits (default), 6 bits in half the memory, or auto: 6 bits where only these fit the SRAM',
    },
    sram: {
      type: 'string',
      value: 'N[KB]',
      meaning: "SRAM of the device, stack included; absent: no limit, on arm the board's",
    },
    epochs: { type: 'string', value: 'N', meaning: 'passes over the rows to learn from', required: true },
    seed: { type: 'string', value: 'N', meaning: 'of the order and of the rounding; uint32', required: true },
    lr: { type: 'string', value: 'X', meaning: 'learning rate after the warm-up (default: by the scheme)' },
    'head-lr': { type: 'string', value: 'X', meaning: 'another for the head' },
    schedule: {
      type: 'string',
      value: 'constant|cosine',
      meaning: 'of the rate after the warm-up (default: constant)',
    },
    order: {
      type: 'string',
      value: 'shuffled|balanced',
      meaning: 'a pass meets every row once (default), or every class as often as any other',
    },
    'stop-below': {
      type: 'string',
      value: 'X',
      meaning: 'end after a pass over the rows to learn from whose loss is smaller',
    },
    patience: {
      type: 'string',
      value: 'N',
      meaning: 'end after N passes in a row without progress (default: 0, never)',
    },
    'least-fall': {
      type: 'string',
      value: 'X',
      meaning: 'progress is a loss at least so much smaller than the smallest before (default: 0)',
    },
    objective: objectiveOption,
    delta: {
      type: 'string',
      value: 'OUT',
      meaning: 'where the encoded difference goes that a device would upload',
      required: true,
      completes: 'file',
    },
    export: {
      type: 'string',
      value: 'OUT.tflite',
      meaning: 'the model with what was learnt in it',
      completes: 'file',
    },
    json: jsonOption,
  },
  notes: [
    'Accuracy is the fraction of the test rows that are right, loss their mean cross-entropy in nats (a loss above 11.09 counts as\n' +
      'that), both computed by the engine; of a model without classes accuracy is null, and loss the mean squared error. The rate\n' +
      'climbs over the first tenth of the steps, then stays, or falls as half a cosine wave does. A pass that does too badly starts the session again at a quarter of the\n' +
      'rate, twice at most; a session after which the loss of the rows to learn from is no smaller than before keeps the old values\n' +
      '("kept": false). "end" says why no further pass was made: passes, lowLoss, noProgress, guard. telemetry.saturated counts the values\n' +
      'that came to the end of their range: many say that the rate is too high.',
    'A scheme of your own: {"name": "mine", "biasLayers": 9, "weightLayers": [{"layer": 15, "ratio": 0.5}]} trains the biases of the last 9 layers\n' +
      'before the head, of layer 15 the weights of the first half of its input channels, and the head. Layers are the operators with weights, counted from 0.\n' +
      'Without a name it is called own; keys of another name are refused.',
    '--scheme auto searches as `scheme` does, by what --search says: gradients of up to 32 of the rows to learn from (seconds); structure, as\n' +
      'servers do for all versions of a model; or measured, with some 60 sessions, every fourth of the rows to learn from held out (minutes).\n' +
      'The rows to test on decide nothing.',
    'peakRamBytes is the arena, which holds all that a training step needs: as planned, and as measured by painting it before the\n' +
      'session (null on the reference, which places nothing). On arm staticRamBytes, stackBytes and flashBytes are of the linked\n' +
      'session with its parameters; instructionsPerStep are counted in the first step. deltaBytes.raw is the difference before its\n' +
      'encoding, deltaBytes.encoded the bytes of --delta.',
    'Layers before the first trained one give the same for a row in every pass. Where that saves time (or memory that is short) they run\n' +
      'once a row, and what they give is kept beside the row, as a device keeps it beside its sample: "prefix" says how many layers,\n' +
      'the bytes kept of a row, and the multiply-accumulates; macsPerStep and instructionsPerStep are then of what is left. What is\n' +
      'learnt is the same, to the byte.',
  ],
  async run({ words: [path], options }, terminal) {
    const outputs = checkOutputs(options);
    if (!outputs.ok) return outputs;
    const prepared = await prepareTraining(localWorkshop, path, options, terminal);
    if (!prepared.ok) return prepared;
    const { model, board, rates, rules, request, run } = prepared.value;
    const started = performance.now();
    const outcome = await run(request, options.json ? UNWATCHED : progress(terminal, prepared.value));
    if (!outcome.ok) return outcome;
    const seconds = (performance.now() - started) / 1000;
    const learnt = learntFiles(prepared.value, outcome.value.record.delta, options);
    if (!learnt.ok) return learnt;
    const written = await writeFiles(learnt.value.files);
    if (!written.ok) return written;
    const report = trainReport({
      engine: options.engine,
      board,
      inference: model.inference,
      request,
      rates,
      rules,
      outcome: outcome.value,
      encodedBytes: learnt.value.encodedBytes,
      seconds,
    });
    if (options.json) printJson(terminal, report);
    else terminal.print(trainText(report));
    return ok(undefined);
  },
});

const UNWATCHED: Watch = () => undefined;

function progress(terminal: Terminal, { model, request }: PreparedTraining): Watch {
  const measure = measureOfModel(model.inference);
  return (epoch) => terminal.note(epochLine(epoch, request.plan.passes, measure));
}

interface OutputPaths {
  readonly delta: string;
  readonly export: string | undefined;
}

/** Asked before the work: it may take minutes. Refused: `train.same-output`, `file.unwritable`. */
function checkOutputs({ delta, export: exported }: OutputPaths): Result<void> {
  if (exported !== undefined && resolve(delta) === resolve(exported))
    return err(fault('train.same-output', `--delta and --export would both be written to ${delta}`));
  return checkPlaces([delta, ...(exported === undefined ? [] : [exported])]);
}

interface LearntFiles {
  readonly files: Files;
  readonly encodedBytes: number;
}

/** The delta and, where it is wanted, the model with it. */
function learntFiles(
  { model, request: { step } }: PreparedTraining,
  raw: Uint8Array,
  paths: OutputPaths,
): Result<LearntFiles> {
  const encoded = encodedDelta(step, raw);
  if (!encoded.ok) return encoded;
  const files = new Map([[paths.delta, encoded.value]]);
  if (paths.export !== undefined) {
    const trained = trainedFile(model.bytes, model.inference, step, raw);
    if (!trained.ok) return trained;
    files.set(paths.export, trained.value);
  }
  return ok({ files, encodedBytes: encoded.value.length });
}
