import { err, fault, invariant, ok, type Result } from '#libs/base/result';
import { type GradientChoice, inputQuantisation, writtenWithParameters } from '#libs/firmware/program';
import type { Workshop } from '#libs/firmware/toolchain';
import { elementCount, type Graph, type Objective, objectiveOf, tensorBytes, tensorOf } from '#libs/model/ir';
import { type LearningRates, sessionSchedule } from '#libs/model/session';
import { type ModelFile, readModel } from '../model/read-model';
import { readEngine } from '../run/engine-choice';
import type { Terminal } from '../command';
import type { Method } from '../scheme/contributions';
import { autoScheme } from './auto-scheme';
import { readCacheChoice, roomBeside } from './cache';
import { lentBytes } from './engines';
import { placeOf, type TrainPlace } from './place';
import { readRows, type RowShape } from './read-rows';
import { chosenStep, readSchemeChoice } from './scheme-choice';
import { readRules, type RuleWords, rulesInUnits, type SessionRules } from './session-rules';
import { ratesOf, readNumbers, type SessionNumbers, type SessionWords } from './session-words';
import { measureOfModel } from './train-report';
import type { TrainRequest } from './train-request';
import { checkExport } from './trained-model';

/** What is typed after `train MODEL`. */
export interface TrainWords extends SessionWords, RuleWords {
  readonly engine: string;
  readonly data: string;
  readonly labels: string;
  readonly adapt: string;
  readonly test: string;
  readonly scheme: string;
  readonly search: Method | undefined;
  readonly cache: string | undefined;
  readonly gradients: GradientChoice | undefined;
  readonly objective: Objective | undefined;
  readonly export: string | undefined;
}

/** A session, ready to run. */
export interface PreparedTraining {
  readonly model: ModelFile;
  readonly board: string | undefined;
  readonly rates: LearningRates;
  readonly rules: SessionRules;
  readonly request: TrainRequest;
  readonly run: TrainPlace['run'];
}

/** Reads, checks and plans everything before anything runs. Refusals: those of its parts. */
export async function prepareTraining(
  shop: Workshop,
  path: string,
  words: TrainWords,
  terminal: Terminal,
): Promise<Result<PreparedTraining>> {
  const numbers = readNumbers(words);
  if (!numbers.ok) return numbers;
  const rules = readRules(words);
  if (!rules.ok) return rules;
  const scheme = readSchemeChoice(words.scheme);
  if (!scheme.ok) return scheme;
  const cache = readCacheChoice(words.cache);
  if (!cache.ok) return cache;
  const engine = await readEngine(shop, words.engine);
  if (!engine.ok) return engine;
  const model = readTrainable(path, words);
  if (!model.ok) return model;
  const { inference } = model.value.file;
  const rows = readRows({ ...words, ...rowNumbers(numbers.value) }, model.value.shape);
  if (!rows.ok) return rows;
  const rulesOfPlan = rulesInUnits(rules.value, measureOfModel(inference));
  if (!rulesOfPlan.ok) return rulesOfPlan;
  const { seed, epochs: passes, sramBytes } = numbers.value;
  const lent = lentBytes(rows.value.adapt.length, passes);
  const place = await placeOf(shop, engine.value, sramBytes, lent);
  if (!place.ok) return place;
  const extent = { passes, adaptRows: rows.value.adapt.length, testRows: rows.value.test.length };
  const { budget } = place.value;
  const room = roomBeside(cache.value, engine.value, inference, extent);
  const search = { method: words.search ?? 'gradients', passes, seed, cache: room } as const;
  const { gradients } = words;
  const choice =
    scheme.value === 'auto' && budget
      ? await autoScheme(
          { shop, inference, file: model.value.file.bytes, device: budget, ...search, gradients },
          rows.value.adapt,
          terminal,
        )
      : scheme;
  if (!choice.ok) return choice;
  const step = chosenStep(inference, choice.value, { board: budget, cache: room, gradients });
  if (!step.ok) return step;
  const rates = ratesOf(step.value.scheme, numbers.value);
  const schedule = sessionSchedule(rates, passes * rows.value.adapt.length, rules.value.schedule);
  const program = writtenWithParameters(inference, step.value);
  if (!program.ok) return program;
  return ok({
    model: model.value.file,
    board: engine.value.name === 'arm' ? engine.value.board.name : undefined,
    rates,
    rules: rules.value,
    run: place.value.run,
    request: {
      shop,
      step: step.value,
      model: program.value.model,
      parameters: program.value.parameters,
      classes: model.value.shape.classes,
      rows: rows.value,
      plan: { seed, passes, schedule, ...rulesOfPlan.value },
      sramBytes: budget?.budget.sramBytes,
    },
  });
}

const rowNumbers = ({ labelStride, quantisation }: SessionNumbers) => ({
  labelStride,
  ...(quantisation && { quantisation }),
});

interface Trainable {
  readonly file: ModelFile;
  readonly shape: RowShape & { readonly classes: number };
}

/** A model that can be trained at all, and what its rows are like. */
function readTrainable(path: string, words: TrainWords): Result<Trainable> {
  const file = readModel(path, words.objective);
  if (!file.ok) return file;
  const { inference } = file.value;
  const shape = shapeOf(inference);
  if (!shape.ok) return shape;
  const exportable = words.export === undefined ? ok(undefined) : checkExport(inference);
  return exportable.ok ? ok({ file: file.value, shape: shape.value }) : exportable;
}

/** A label that is a number, or is not read, is any byte. */
const BYTES = 256;

function shapeOf(inference: Graph): Result<Trainable['shape']> {
  const head = chosenStep(inference, 'last');
  if (!head.ok) return head;
  const [input, ...others] = inference.inputs;
  if (input === undefined || others.length > 0 || tensorOf(inference, input).type !== 'int8')
    return err(fault('scheme.not-trainable', `${inference.name}: training takes one int8 input`));
  const { training } = head.value;
  const [output] = training.outputs;
  invariant(output !== undefined, 'a training graph has an output');
  const isClassifier = objectiveOf(training) === 'classify';
  const classes = isClassifier ? elementCount(tensorOf(training, output).shape) : 1;
  return ok({
    inputBytes: tensorBytes(tensorOf(inference, input)),
    classes,
    labels: isClassifier ? classes : BYTES,
    quantisation: inputQuantisation(inference),
  });
}
