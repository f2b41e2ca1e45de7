import { err, fault, type Fault, type Result } from '#libs/base/result';
import type { Board, Drivers, Region, Runs, SramBudgetRule, SramRegion } from './board';
import { boardWith } from './budget';

export interface BoardFault extends Fault {
  readonly code: 'board.bad-description' | 'board.bad-budget';
}

type Json = Readonly<Record<string, unknown>>;

/** Thrown inside this file only: the first thing wrong with the description. */
class BadField extends Error {}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function field<T>(json: Json, name: string, is: (value: unknown) => value is T, wanted: string): T {
  const value = json[name];
  if (!is(value)) throw new BadField(`"${name}" must be ${wanted}`);
  return value;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0;
/** As many as the vector table of the device program has. */
const isInterrupt = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 64;
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const isAddress = (value: unknown): value is string => isText(value) && /^0x[0-9a-fA-F]{8}$/.test(value);
/** A path component: used to find files, so nothing but letters, digits and dashes. */
const isFolder = (value: unknown): value is string => isText(value) && /^[a-z0-9-]+$/.test(value);
const oneOf =
  <T extends string>(...choices: readonly T[]) =>
  (value: unknown): value is T =>
    choices.some((choice) => choice === value);

const text = (json: Json, name: string): string => field(json, name, isText, 'a text');
const count = (json: Json, name: string): number => field(json, name, isCount, 'a whole number above 0');
const object = (json: Json, name: string): Json => field(json, name, isObject, 'an object');

const address = (json: Json, name: string): number =>
  Number(field(json, name, isAddress, 'an address such as "0x20000000"'));
const folder = (json: Json, name: string): string =>
  field(json, name, isFolder, 'lower case letters, digits and dashes');

const regionOf = (value: Json): Region => ({
  origin: address(value, 'origin'),
  bytes: count(value, 'bytes'),
});

const isObjects = (value: unknown): value is readonly Json[] => Array.isArray(value) && value.every(isObject);

function sramRegions(memory: Json): readonly [SramRegion, ...SramRegion[]] {
  const listed = field(memory, 'sram', isObjects, 'a list of regions, the main one first');
  const regions = listed.map((value) => ({ name: folder(value, 'name'), ...regionOf(value) }));
  const [main, ...others] = regions;
  if (main === undefined || new Set(regions.map(({ name }) => name)).size < regions.length)
    throw new BadField('"sram" must be regions of different names');
  return [main, ...others];
}

const drivers = (json: Json): Drivers => ({
  folder: folder(json, 'folder'),
  networkUart: address(json, 'networkUart'),
  logUart: address(json, 'logUart'),
  receiveInterrupt: field(json, 'receiveInterrupt', isInterrupt, 'an interrupt number below 64'),
  clockHz: count(json, 'clockHz'),
});

function read(json: Json): Board {
  const memory = object(json, 'memory');
  const budget = object(json, 'defaultBudget');
  const runs = field(json, 'runs', oneOf<Runs>('qemu', 'wasm', 'none'), '"qemu", "wasm" or "none"');
  return {
    name: folder(json, 'name'),
    title: text(json, 'title'),
    core: text(json, 'core'),
    cpuFlags: field(json, 'cpuFlags', isTexts, 'a list of texts'),
    dsp: field(json, 'dsp', isFlag, 'true or false'),
    mve: json.mve === undefined ? false : field(json, 'mve', isFlag, 'true or false'),
    fpu: field(json, 'fpu', isFlag, 'true or false'),
    memory: {
      flash: regionOf(object(memory, 'flash')),
      ...(memory.vectors === undefined ? {} : { vectors: regionOf(object(memory, 'vectors')) }),
      sram: sramRegions(memory),
      ...(memory.storage === undefined ? {} : { storage: regionOf(object(memory, 'storage')) }),
    },
    sramBudgets: field(
      json,
      'sramBudgets',
      oneOf<SramBudgetRule>('mpu-v7', 'mpu-v8', 'none'),
      'a known rule',
    ),
    budget: { sramBytes: count(budget, 'sramBytes'), flashBytes: count(budget, 'flashBytes') },
    stackBytes: count(json, 'stackBytes'),
    reserveBytes: count(json, 'reserveBytes'),
    featureBytes: json.featureBytes === undefined ? 0 : count(json, 'featureBytes'),
    runs,
    ...(runs === 'qemu' ? { qemuMachine: text(json, 'qemuMachine') } : {}),
    family: folder(json, 'family'),
    ...(json.drivers === undefined ? {} : { drivers: drivers(object(json, 'drivers')) }),
    notes: json.notes === undefined ? [] : field(json, 'notes', isTexts, 'a list of texts'),
  };
}

/** A board from the parsed text of its `board.json`. */
export function parseBoard(json: unknown): Result<Board, BoardFault> {
  if (!isObject(json)) return err(fault('board.bad-description', 'a board description is an object'));
  try {
    return boardWith(read(json), {});
  } catch (error) {
    if (error instanceof BadField) return err(fault('board.bad-description', error.message));
    throw error;
  }
}
