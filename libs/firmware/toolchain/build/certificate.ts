import { err, ok, type Result } from '#libs/base/result';
import { type Board, type BudgetedRegion, budgetedSram } from '#libs/firmware/boards';
import type { ModelFacts } from '#libs/firmware/codegen';
import {
  type ElfFile,
  flashUse,
  ramUse,
  readElf,
  staticVariables,
  type Symbol,
  symbolNamed,
} from '#libs/firmware/elf';
import type { BrokenPromise } from './build-fault';
import { type CallGraph, type StackBound, stackBound } from './call-graph';
import { type StackNeed, stackNeed } from './stack-need';

/** A number of bytes and where it was read. */
export interface Figure {
  readonly what: string;
  readonly bytes: number;
  readonly from: string;
}

/** A memory of the board: what may be used of it, and what is used for what. */
export interface RegionFit {
  readonly name: string;
  readonly kind: 'sram' | 'flash';
  readonly origin: number;
  readonly budgetBytes: number;
  readonly figures: readonly Figure[];
  readonly usedBytes: number;
  readonly marginBytes: number;
}

/** What the linked file takes, against what plan and board allow: the proof that it fits. */
export interface FitCertificate {
  readonly board: string;
  /** The board as people know it, and what they should know of it. */
  readonly title: string;
  readonly notes: readonly string[];
  readonly model: string;
  /** SRAM regions that the budget reaches, the main one first, then flash. */
  readonly regions: readonly RegionFit[];
  readonly stack: StackNeed;
  /** Static variables outside the arena: the runtime, the network client, drivers; held to the board's reserve. */
  readonly reserve: {
    readonly reservedBytes: number;
    readonly usedBytes: number;
    readonly marginBytes: number;
    readonly figures: readonly Figure[];
  };

  /** All RAM, padding between sections included. */
  readonly ramBytes: number;
  readonly ramBudgetBytes: number;
  readonly arenaBytes: number;
  /** Static variables outside the arena. */
  readonly staticBytes: number;
  /** Reserved for the stack. */
  readonly stackBytes: number;
  /** Proved need of the program's own calls; `stack` adds what the processor pushes. */
  readonly stackBound: StackBound;
  readonly flashBytes: number;
  readonly flashBudgetBytes: number;
  readonly flashSections: Readonly<Record<string, number>>;
}

const ARENA_SYMBOL = 'fl_arena';
const PARAMETERS_SYMBOL = 'fl_linked_parameters';

const used = (figures: readonly Figure[]): number => figures.reduce((sum, { bytes }) => sum + bytes, 0);

const regionFit = (
  { name, origin, budgetBytes }: Pick<BudgetedRegion, 'name' | 'origin' | 'budgetBytes'>,
  kind: RegionFit['kind'],
  figures: readonly Figure[],
): RegionFit => ({
  name,
  kind,
  origin,
  budgetBytes,
  figures,
  usedBytes: used(figures),
  marginBytes: budgetBytes - used(figures),
});

/** The arena where it lies in the region. */
function arenaIn({ origin, budgetBytes }: BudgetedRegion, arena: Symbol | undefined): number {
  return arena && arena.value >= origin && arena.value < origin + budgetBytes ? arena.size : 0;
}

function sramFit(elf: ElfFile, region: BudgetedRegion, isMain: boolean): RegionFit {
  const range = { origin: region.origin, bytes: region.budgetBytes };
  const { totalBytes, stackBytes } = ramUse(elf, range);
  const arenaBytes = arenaIn(region, symbolNamed(elf, ARENA_SYMBOL));
  const others = totalBytes - stackBytes - arenaBytes;
  const figures: readonly Figure[] = [
    { what: 'stack, reserved', bytes: stackBytes, from: 'section .stack' },
    { what: 'arena of the model', bytes: arenaBytes, from: `symbol ${ARENA_SYMBOL}` },
    { what: 'static data', bytes: others, from: 'sections .data and .bss, with padding' },
  ];
  return regionFit(
    region,
    'sram',
    figures.filter(({ bytes }) => isMain || bytes > 0),
  );
}

/** Flash by section; the parameters, where they are linked in, apart from the other constants. */
function flashFit(elf: ElfFile, { memory, budget }: Board): RegionFit {
  const { sections, paddingBytes } = flashUse(elf);
  const parameterBytes = symbolNamed(elf, PARAMETERS_SYMBOL)?.size ?? 0;
  const figures = [...sections].map(([name, bytes]) => ({
    what: SECTIONS[name] ?? name,
    bytes: name === CONSTANTS ? bytes - parameterBytes : bytes,
    from: `section ${name}`,
  }));
  const more: readonly Figure[] = [
    { what: 'parameters of the model', bytes: parameterBytes, from: `symbol ${PARAMETERS_SYMBOL}` },
    { what: 'padding', bytes: paddingBytes, from: 'between sections' },
  ];
  const region = { name: 'flash', origin: memory.flash.origin, budgetBytes: budget.flashBytes };
  return regionFit(region, 'flash', [...figures, ...more.filter(({ bytes }) => bytes > 0)]);
}

const CONSTANTS = '.rodata';
const SECTIONS: Readonly<Record<string, string>> = {
  '.vectors': 'vector table',
  '.text': 'code',
  [CONSTANTS]: 'constants',
  '.data': 'start values of variables',
};

/** The variables that make up the static data. What is left is padding. */
function reserveOf(elf: ElfFile, main: BudgetedRegion, staticBytes: number): readonly Figure[] {
  const variables = staticVariables(elf, { origin: main.origin, bytes: main.budgetBytes })
    .filter(({ name }) => name !== ARENA_SYMBOL)
    .map(({ name, bytes, file }) => ({
      what: name,
      bytes,
      from: file === undefined ? `symbol ${name}` : `symbol ${name} of ${file}`,
    }));
  const padding = staticBytes - used(variables);
  return padding > 0 ? [...variables, { what: 'padding', bytes: padding, from: 'the rest' }] : variables;
}

function reasonsAgainst(certificate: FitCertificate, facts: ModelFacts): readonly string[] {
  const { arenaBytes, stack, reserve, regions, stackBound: bound } = certificate;
  const claims: readonly (readonly [boolean, string])[] = [
    ...regions.map(
      ({ name, usedBytes, budgetBytes }) =>
        [usedBytes <= budgetBytes, `${name} ${usedBytes} of ${budgetBytes} bytes`] as const,
    ),
    [arenaBytes === facts.arenaBytes, `arena ${arenaBytes} bytes, planned ${facts.arenaBytes}`],
    [
      reserve.usedBytes <= reserve.reservedBytes,
      `static variables ${reserve.usedBytes} of ${reserve.reservedBytes} reserved bytes`,
    ],
    [
      stack.needBytes <= stack.reservedBytes,
      `stack ${stack.needBytes} of ${stack.reservedBytes} bytes (${bound.path.join(' > ')})`,
    ],
    [bound.doubts.length === 0, `stack bound is not proved: ${bound.doubts.join(', ')}`],
  ];
  return claims.filter(([holds]) => !holds).map(([, claim]) => claim);
}

/** The program's calls, and the handlers that may interrupt the deepest of them. */
export interface Calls {
  readonly graph: CallGraph;
  readonly interrupts: readonly string[];
}

function readBack(elf: ElfFile, calls: Calls, board: Board, facts: ModelFacts): FitCertificate {
  const sram = budgetedSram(board);
  const [main] = sram;
  const flash = flashUse(elf);
  const fits = sram.map((region) => sramFit(elf, region, region === main));
  const ramBytes = used(fits.flatMap(({ figures }) => figures));
  const stackBytes = ramUse(elf).stackBytes;
  const arenaBytes = symbolNamed(elf, ARENA_SYMBOL)?.size ?? 0;
  const staticBytes = ramBytes - stackBytes - arenaBytes;
  const bound = stackBound(calls.graph, 'fl_reset', calls.interrupts);
  return {
    board: board.name,
    title: board.title,
    notes: board.notes,
    model: facts.name,
    regions: [...fits, flashFit(elf, board)],
    stack: stackNeed(calls, bound, board),
    reserve: {
      reservedBytes: board.reserveBytes,
      usedBytes: staticBytes,
      marginBytes: board.reserveBytes - staticBytes,
      figures: main ? reserveOf(elf, main, staticBytes) : [],
    },
    ramBytes,
    ramBudgetBytes: board.budget.sramBytes,
    arenaBytes,
    staticBytes,
    stackBytes,
    stackBound: bound,
    flashBytes: flash.totalBytes,
    flashBudgetBytes: board.budget.flashBytes,
    flashSections: Object.fromEntries(flash.sections),
  };
}

/** Reads the linked file back and compares it with plan and budget. */
export function certify(
  binary: Uint8Array,
  calls: Calls,
  board: Board,
  facts: ModelFacts,
): Result<FitCertificate, BrokenPromise> {
  const elf = readElf(binary);
  if (!elf.ok) return err(broken([elf.error.message]));
  const certificate = readBack(elf.value, calls, board, facts);
  const reasons = reasonsAgainst(certificate, facts);
  return reasons.length === 0 ? ok(certificate) : err(broken(reasons));
}

const broken = (reasons: readonly string[]): BrokenPromise => ({
  code: 'build.broken-promise',
  message: `the linked program does not keep its promises: ${reasons.join('; ')}`,
  reasons,
});
