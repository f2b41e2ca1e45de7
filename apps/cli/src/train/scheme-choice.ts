import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board } from '#libs/firmware/boards';
import {
  arenaBytesOf,
  type FeatureRoom,
  type GradientChoice,
  type PlannedStep,
  planStep,
  planTraining,
} from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import { namedScheme, SCHEME_NAMES, schemeLadder, type SparseScheme } from '#libs/model/scheme';
import { readTrainChoice } from '../build/train-choice';

/** What is to be trained: as much as fits, a name that means something for every model, or a scheme of one's own. */
export type SchemeChoice = 'auto' | (typeof SCHEME_NAMES)[number] | SparseScheme;

/** Refused: `train.unknown-scheme`, and as files of schemes are. */
export function readSchemeChoice(text: string): Result<SchemeChoice> {
  if (text === 'auto') return ok(text);
  const name = SCHEME_NAMES.find((each) => each === text);
  if (name !== undefined) return ok(name);
  if (!text.endsWith('.json')) {
    const known = ['auto', ...SCHEME_NAMES].join(', ');
    return err(
      fault('train.unknown-scheme', `there is no scheme "${text}"; there are: ${known}, or a FILE.json`),
    );
  }
  const choice = readTrainChoice(text);
  if (!choice.ok) return choice;
  return choice.value.kind === 'scheme' ? ok(choice.value.scheme) : ok('auto');
}

/** What a step must keep to. */
export interface StepLimits {
  /** Whose budget it must fit; absent: nothing is too large. */
  readonly board?: Board | undefined;
  /** What the session can keep beside a row; absent: nothing is cached. */
  readonly cache?: FeatureRoom | undefined;
  /** As what gradients are stored; default: int16. */
  readonly gradients?: GradientChoice | undefined;
}

type Wishes = Omit<StepLimits, 'board'>;

/**
 * The planned training step of a choice.
 * Refused: `scheme.not-trainable` and other faults of schemes, `train.does-not-fit`.
 */
export function chosenStep(
  inference: Graph,
  choice: SchemeChoice,
  { board, ...wishes }: StepLimits = {},
): Result<PlannedStep> {
  const untrainable = trainabilityFault(inference, namedScheme(inference, 'last'));
  if (untrainable) return err(untrainable);
  if (choice === 'auto') return board ? largestStep(inference, board, wishes) : topStep(inference, wishes);
  const scheme = typeof choice === 'string' ? namedScheme(inference, choice) : choice;
  const budgetBytes = board && arenaBudget(board);
  const budget = budgetBytes === undefined ? {} : ({ optimize: 'speed', budgetBytes } as const);
  const step = planStep(inference, scheme, { ...budget, ...wishes });
  if (!step.ok || !board || arenaBytesOf(step.value) <= arenaBudget(board)) return step;
  return err(doesNotFit(inference, `scheme ${scheme.name}`, step.value, board));
}

function largestStep(inference: Graph, board: Board, wishes: Wishes): Result<PlannedStep> {
  const step = planTraining(inference, board, wishes);
  if (step.ok || step.error.code !== 'program.does-not-fit') return step;
  const least = planStep(inference, namedScheme(inference, 'last'), {
    optimize: 'speed',
    budgetBytes: arenaBudget(board),
    ...wishes,
  });
  return least.ok ? err(doesNotFit(inference, 'the least that can be trained', least.value, board)) : least;
}

/** All that the ladder offers. */
function topStep(inference: Graph, wishes: Wishes): Result<PlannedStep> {
  const top = schemeLadder(inference).at(-1);
  return planStep(inference, top ?? namedScheme(inference, 'last'), wishes);
}

function doesNotFit(
  inference: Graph,
  what: string,
  step: PlannedStep,
  board: Board,
): ReturnType<typeof fault> {
  const beside = board.stackBytes + board.reserveBytes;
  const arenaBytes = arenaBytesOf(step);
  const needed = arenaBytes + beside;
  const { sramBytes } = board.budget;
  return fault(
    'train.does-not-fit',
    `${inference.name}: ${what} needs ${needed} bytes of SRAM (arena ${arenaBytes}, stack and session ${beside}), ` +
      `${needed - sramBytes} more than the ${sramBytes} there are; --sram ${needed} would do`,
  );
}
