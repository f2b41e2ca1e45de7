import { err, fault, ok, type Result } from '#libs/base/result';
import type { SessionRow, SessionRows } from '#libs/model/session';
import type { Terminal } from '../command';
import { chooseScheme, type ChoiceRequest } from '../scheme/choose';
import type { SchemeChoice } from './scheme-choice';

/** Every fourth of the rows to learn from is held out to measure gains on. */
const HELD_OUT = 4;

/** Rows that a choice may know: of those to learn from alone. The rows to test on decide nothing. */
function calibrationRows(adapt: readonly SessionRow[]): SessionRows {
  const isHeldOut = (row: number): boolean => row % HELD_OUT === HELD_OUT - 1;
  return {
    adapt: adapt.filter((_, row) => !isHeldOut(row)),
    test: adapt.filter((_, row) => isHeldOut(row)),
  };
}

/**
 * What `auto` means for the rows to learn from: the search's answer by their gradients (or as `method` says). What nothing fits stays
 * `auto`, for whoever plans it to refuse. Refused: `scheme.few-rows`, and as `chooseScheme` refuses otherwise.
 */
export async function autoScheme(
  request: Omit<ChoiceRequest, 'evidence' | 'limits'>,
  adapt: readonly SessionRow[],
  terminal: Terminal,
): Promise<Result<SchemeChoice>> {
  const rows = request.method === 'measured' ? calibrationRows(adapt) : { adapt, test: [] };
  if (request.method === 'measured' && rows.test.length === 0)
    return err(
      fault('scheme.few-rows', `gains can't be measured with fewer than ${HELD_OUT} rows to learn from`),
    );
  const evidence = { kind: 'labelled', rows } as const;
  const choice = await chooseScheme({ ...request, evidence, limits: {} }, terminal);
  if (choice.ok) return ok(choice.value.answer.scheme);
  return choice.error.code === 'program.does-not-fit' ? ok('auto') : choice;
}
