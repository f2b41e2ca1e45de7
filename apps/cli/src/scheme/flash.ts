import { err, fault, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import { type FoundSchemes, type SearchedStep, searchedStep, written } from '#libs/firmware/program';
import { build, type Workshop } from '#libs/firmware/toolchain';
import type { Candidate } from '#libs/model/scheme';

/** Where the linked session must fit. */
export interface FlashLimit {
  /** Its compiler and its memory map, all of it. */
  readonly board: Board;
  readonly bytes: number;
}

/** What was found, and what it must fit. */
export interface FlashRequest {
  readonly shop: Workshop;
  readonly found: FoundSchemes;
  readonly flash: FlashLimit;
}

/** A step, and what its linked session takes. */
export interface LinkedStep {
  readonly answer: SearchedStep;
  readonly flashBytes: number;
}

const trainedLayers = ({ scheme }: Candidate): number => scheme.biasLayers + scheme.weightLayers.length;

/**
 * The first scheme whose session, linked, fits the flash. All parameters lie there whatever trains, and what schemes differ by is code: the
 * kernels of the backward half, and a call an operator (kws-digits on a Cortex-M4: 71 KB for the head alone, 77 with the biases of three layers,
 * 82 with the weights of one of them, 93 with all that 96 KB of SRAM hold). That is no sum over parts, and only a linker knows it: so it is
 * no weight of the knapsack, but asked of the schemes in turn. After one that is too large come only those that train fewer layers.
 * @param candidates the best first
 * Refused: `scheme.flash-too-small` (by how much, of the least that was linked), and as `build` refuses.
 */
export async function firstInFlash(
  request: FlashRequest,
  candidates: readonly Candidate[],
): Promise<Result<LinkedStep>> {
  const { found, flash } = request;
  let fewer = Infinity;
  let least = Infinity;
  for (const candidate of candidates) {
    if (trainedLayers(candidate) >= fewer) continue;
    const answer = searchedStep(found, candidate);
    if (!answer.ok) return answer;
    const flashBytes = await linkedFlash(request, answer.value);
    if (!flashBytes.ok) return flashBytes;
    if (flashBytes.value <= flash.bytes) return ok({ answer: answer.value, flashBytes: flashBytes.value });
    fewer = trainedLayers(candidate);
    least = Math.min(least, flashBytes.value);
  }
  const { inference } = found;
  return err(
    fault(
      'scheme.flash-too-small',
      `${inference.name}: the least linked session that was tried takes ${least} bytes of flash (parameters ` +
        `${packParameters(inference).length}), ${least - flash.bytes} more than the ${flash.bytes} there are`,
    ),
  );
}

async function linkedFlash(
  { shop, found, flash }: FlashRequest,
  step: SearchedStep,
): Promise<Result<number>> {
  const { inference } = found;
  const program = written(inference, step);
  if (!program.ok) return program;
  const { model } = program.value;
  const parameters = packParameters(inference);
  const built = await build(shop, {
    program: 'session',
    target: 'arm',
    board: flash.board,
    model,
    parameters,
  });
  return built.ok ? ok(built.value.footprint.flashBytes) : built;
}
