import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board } from '#libs/firmware/boards';
import { type PlannedStep, planStep, planTraining } from '#libs/firmware/program';
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

/**
 * The planned training step of a choice.
 * @param board whose budget the step must fit; absent: nothing is too large
 * Refused: `scheme.not-trainable` and other faults of schemes, `train.does-not-fit`.
 */
export function chosenStep(
  inference: Graph,
  choice: SchemeChoice,
  board: Board | undefined,
): Result<PlannedStep> {
  const untrainable = trainabilityFault(inference, namedScheme(inference, 'last'));
  if (untrainable) return err(untrainable);
  if (choice === 'auto') return board ? largestStep(inference, board) : topStep(inference);
  const scheme = typeof choice === 'string' ? namedScheme(inference, choice) : choice;
  const budgetBytes = board && arenaBudget(board);
  const step = planStep(
    inference,
    scheme,
    budgetBytes === undefined ? {} : { optimize: 'speed', budgetBytes },
  );
  if (!step.ok || !board || step.value.plan.peakBytes <= arenaBudget(board)) return step;
  return err(doesNotFit(inference, `scheme ${scheme.name}`, step.value, board));
}

function largestStep(inference: Graph, board: Board): Result<PlannedStep> {
  const step = planTraining(inference, board);
  if (step.ok || step.error.code !== 'program.does-not-fit') return step;
  const least = planStep(inference, namedScheme(inference, 'last'), {
    optimize: 'speed',
    budgetBytes: arenaBudget(board),
  });
  return least.ok ? err(doesNotFit(inference, 'the least that can be trained', least.value, board)) : least;
}

/** All that the ladder offers. */
function topStep(inference: Graph): Result<PlannedStep> {
  const top = schemeLadder(inference).at(-1);
  return planStep(inference, top ?? namedScheme(inference, 'last'));
}

function doesNotFit(
  inference: Graph,
  what: string,
  { plan }: PlannedStep,
  board: Board,
): ReturnType<typeof fault> {
  const beside = board.stackBytes + board.reserveBytes;
  const needed = plan.peakBytes + beside;
  const { sramBytes } = board.budget;
  return fault(
    'train.does-not-fit',
    `${inference.name}: ${what} needs ${needed} bytes of SRAM (arena ${plan.peakBytes}, stack and session ${beside}), ` +
      `${needed - sramBytes} more than the ${sramBytes} there are; --sram ${needed} would do`,
  );
}
