import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board } from '#libs/firmware/boards';
import { roomOn, type SearchLimits } from '#libs/firmware/program';
import { schemeToJson } from '#libs/model/scheme';
import { parseByteSize } from '../byte-size';
import { defineCommand } from '../command';
import { checkPlaces, writeFiles } from '../files/write-files';
import { localWorkshop } from '../local-workshop';
import { readBoard, wholeBoard } from '../model/read-board';
import { readModel } from '../model/read-model';
import { chooseScheme } from '../scheme/choose';
import { bestMethod, METHODS } from '../scheme/contributions';
import type { FlashLimit } from '../scheme/flash';
import { type Evidence, readEvidence } from '../scheme/rows';
import { schemeReport, schemeText } from '../scheme/scheme-report';
import { PLENTY } from '../train/cache';
import { lentBytes } from '../train/engines';
import { placeOf } from '../train/place';
import { readNumbers } from '../train/session-words';
import { jsonOption, modelWord, objectiveOption, printJson, rowOptions } from './shared-parameters';

/** As many as a usual session makes. */
const EPOCHS = '10';
/** What another budget would change is told for so much less and more. */
const OTHER_BYTES = 16 * 1024;
/** Whose flash stands for a device of no named board. */
const FLASH_BOARD = 'mps2-an386';

export const scheme = defineCommand({
  name: 'scheme',
  summary:
    'Searches what a device should train of a model: the scheme of the largest expected gain that fits.',
  words: [modelWord],
  options: {
    sram: {
      type: 'string',
      value: 'N[KB]',
      meaning: "SRAM of the device, stack included; with --board absent: the board's own",
    },
    flash: {
      type: 'string',
      value: 'N[KB]',
      meaning: 'flash of the device: the best scheme is taken whose linked session fits',
    },
    upload: { type: 'string', value: 'N[KB]', meaning: 'bytes that an encoded delta may take, as estimated' },
    objective: objectiveOption,
    board: {
      type: 'string',
      value: 'BOARD',
      meaning: 'the device program of this board; absent: a session as `train --sram` runs it',
      completes: 'board',
    },
    ...rowOptions,
    by: {
      type: 'choice',
      choices: METHODS,
      meaning: 'how gains are known (default: measured with labelled rows, gradients without)',
    },
    epochs: { type: 'string', value: 'N', meaning: 'passes of every measuring run (default: 10)' },
    seed: { type: 'string', value: 'N', meaning: 'of the measuring runs (default: 1)' },
    out: {
      type: 'string',
      value: 'FILE.json',
      meaning: 'where the scheme goes, for `train --scheme FILE.json`',
      completes: 'file',
    },
    json: jsonOption,
  },
  notes: [
    'Measured: short sessions of the generated C on the rows to learn from, a few dozen in all, each with one part trained more;\n' +
      'gains are of the mean probability of the right class on the rows to test on. Then the best few schemes and rungs of the ladder run\n' +
      'whole sessions, and the best of these is the answer. Scores are kept in .fleetlearn/contributions.\n' +
      'Gradients: squared gradients of up to 32 rows (with --data; of noise without), with the labels or what the model predicts.\n' +
      'Structure: by the place of a layer alone.',
    'Where --flash is less than the best takes, sessions with fewer trained layers are linked until the best that fits is found; the answers for\n' +
      'other SRAM fit that flash, too. Layers that stand before the first trained one may run once a row, as `train` and devices have it.',
    'The gains of parts are added up; the scheme that gains most is found exactly for the bytes that its parts take, and planned: what\n' +
      'is printed fits. The scheme depends on nothing but the model, the rows and the options.',
  ],
  async run({ words: [path], options }, terminal) {
    const numbers = readNumbers({
      ...options,
      epochs: options.epochs ?? EPOCHS,
      seed: options.seed ?? '1',
      lr: undefined,
      'head-lr': undefined,
    });
    if (!numbers.ok) return numbers;
    const place = checkPlaces(options.out === undefined ? [] : [options.out]);
    if (!place.ok) return place;
    const limits = readLimits(options.upload);
    if (!limits.ok) return limits;
    const model = readModel(path, options.objective);
    if (!model.ok) return model;
    const { inference, bytes: file } = model.value;
    const evidence = readEvidence(options, numbers.value, inference);
    if (!evidence.ok) return evidence;
    const { epochs: passes, seed, sramBytes } = numbers.value;
    const device = await deviceOf(options, sramBytes, evidence.value, passes);
    if (!device.ok) return device;
    const flash = await flashLimit(options);
    if (!flash.ok) return flash;
    const request = {
      shop: localWorkshop,
      inference,
      file,
      evidence: evidence.value,
      method: options.by ?? bestMethod(evidence.value),
      passes,
      seed,
      device: device.value,
      limits: limits.value,
      flash: flash.value,
      // As what runs it caches: a device program on its board, `train` in its process.
      cache: options.board === undefined ? PLENTY : roomOn(device.value),
      others: [-OTHER_BYTES, OTHER_BYTES],
    };
    const choice = await chooseScheme(request, terminal);
    if (!choice.ok) return choice;
    const { scheme: chosen } = choice.value.answer;
    if (options.out !== undefined) {
      const written = await writeFiles(new Map([[options.out, `${schemeToJson(chosen)}\n`]]));
      if (!written.ok) return written;
    }
    const report = schemeReport({
      inference,
      sramBytes: device.value.budget.sramBytes,
      arenaBudgetBytes: arenaBudget(device.value),
      ...choice.value,
    });
    if (options.json) printJson(terminal, report);
    else terminal.print(schemeText(report));
    return ok(undefined);
  },
});

function readLimits(upload: string | undefined): Result<SearchLimits> {
  if (upload === undefined) return ok({});
  const uploadBytes = parseByteSize('--upload', upload);
  return uploadBytes.ok ? ok({ uploadBytes: uploadBytes.value }) : uploadBytes;
}

/** The device whose budget is searched for. Refused: `usage` without --sram and --board, `board.unknown`, `board.bad-budget`. */
async function deviceOf(
  { board, sram }: { readonly board: string | undefined; readonly sram: string | undefined },
  sramBytes: number | undefined,
  evidence: Evidence,
  passes: number,
): Promise<Result<Board>> {
  if (board !== undefined) return readBoard(localWorkshop, board, { sram });
  if (sramBytes === undefined)
    return err(fault('usage', 'how much memory the device has is missing: --sram N[KB], or --board BOARD'));
  const rows = evidence.kind === 'labelled' ? evidence.rows.adapt.length : 0;
  const place = await placeOf(localWorkshop, { name: 'wasm' }, sramBytes, lentBytes(rows, passes));
  if (!place.ok) return place;
  const { budget } = place.value;
  return budget ? ok(budget) : err(fault('usage', '--sram says nothing'));
}

/** Refused: as `readBoard` refuses; `usage`. */
async function flashLimit({
  board,
  flash,
}: {
  readonly board: string | undefined;
  readonly flash: string | undefined;
}): Promise<Result<FlashLimit | undefined>> {
  if (flash === undefined) return ok(undefined);
  const bytes = parseByteSize('--flash', flash);
  if (!bytes.ok) return bytes;
  const named = await readBoard(localWorkshop, board ?? FLASH_BOARD, { sram: undefined });
  const whole = named.ok ? wholeBoard(named.value) : named;
  return whole.ok ? ok({ board: whole.value, bytes: bytes.value }) : whole;
}
