import { at, err, fault, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import {
  findSchemes,
  fittingRungs,
  type FoundSchemes,
  type SearchedStep,
  searchedStep,
  written,
} from '#libs/firmware/program';
import { build, type Workshop } from '#libs/firmware/toolchain';
import { type Candidate, schemeId, trainedLayersOf } from '#libs/model/scheme';

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

/** Sizes grow with the layers but for a percent or so: so many limits above the first that is too large are asked about, too. */
const LIMITS_BEYOND = 3;

/**
 * The given scheme if its session, linked, fits the flash; else the best that trains as many layers as fit. All parameters lie in flash whatever
 * trains, and what schemes differ by is code: the kernels of the backward half, and a call an operator (kws-digits on a Cortex-M4: 77 KB for the
 * head alone, 82 with the weights of one layer, 92 with a first spatial convolution behind them, 101 with all that 48 KB of SRAM hold). That is no
 * sum over parts, and only a linker knows it. But it grows with the number of layers: so that number is limited, the search answers for
 * each limit, and the largest whose answer fits is found by halves, in about ten links.
 * Refused: `scheme.flash-too-small` (by how much, of the least that was linked), and as `build` refuses.
 */
export async function bestInFlash(request: FlashRequest, best: Candidate): Promise<Result<LinkedStep>> {
  const links = new Links(request);
  const first = await links.of(best);
  if (!first.ok || links.fits(first.value)) return first;
  const most = trainedLayersOf(best) - 1;
  let [low, high] = [0, most];
  while (low <= high) {
    const layers = Math.ceil((low + high) / 2);
    const step = await links.within(layers);
    if (!step.ok) return step;
    if (links.fits(step.value)) low = layers + 1;
    else high = layers - 1;
  }
  for (let layers = low; layers <= Math.min(most, high + LIMITS_BEYOND); layers++) {
    const step = await links.within(layers);
    if (!step.ok) return step;
  }
  return links.bestFitting();
}

/** Schemes that were linked, each once. */
class Links {
  private readonly known = new Map<number, LinkedStep>();

  constructor(private readonly request: FlashRequest) {}

  readonly fits = ({ flashBytes }: LinkedStep): boolean => flashBytes <= this.request.flash.bytes;

  /** Refused: as `build` refuses. */
  async of(candidate: Candidate): Promise<Result<LinkedStep>> {
    const id = schemeId(candidate.scheme);
    const known = this.known.get(id);
    if (known) return ok(known);
    const step = await linked(this.request, candidate);
    if (step.ok) this.known.set(id, step.value);
    return step;
  }

  /** The best that trains no more layers than these. */
  async within(trainedLayers: number): Promise<Result<LinkedStep>> {
    const candidate = bestWithin(this.request.found, trainedLayers);
    return candidate.ok ? this.of(candidate.value) : candidate;
  }

  /** Of those that were linked the one of most gain that fits. Refused: `scheme.flash-too-small`. */
  bestFitting(): Result<LinkedStep> {
    const all = [...this.known.values()];
    const [best] = all
      .filter(this.fits)
      .sort((a, b) => b.answer.candidate.gain - a.answer.candidate.gain || a.flashBytes - b.flashBytes);
    return best
      ? ok(best)
      : err(flashTooSmall(this.request, Math.min(...all.map(({ flashBytes }) => flashBytes))));
  }
}

/** What the search answers, or a rung of the ladder, with no more trained layers than these. */
function bestWithin({ inference, board, options }: FoundSchemes, trainedLayers: number): Result<Candidate> {
  const limits = { ...options.limits, trainedLayers };
  const found = findSchemes(inference, board, { ...options, limits });
  if (!found.ok) return found;
  const own = at(found.value.candidates, 0);
  const [rung] = fittingRungs(found.value, 1);
  return ok(rung && rung.gain > own.gain ? rung : own);
}

async function linked(
  { shop, found, flash }: FlashRequest,
  candidate: Candidate,
): Promise<Result<LinkedStep>> {
  const answer = searchedStep(found, candidate);
  if (!answer.ok) return answer;
  const { inference } = found;
  const program = written(inference, answer.value);
  if (!program.ok) return program;
  const built = await build(shop, {
    program: 'session',
    target: 'arm',
    board: flash.board,
    model: program.value.model,
    parameters: packParameters(inference),
  });
  return built.ok ? ok({ answer: answer.value, flashBytes: built.value.footprint.flashBytes }) : built;
}

function flashTooSmall(
  { found: { inference }, flash }: FlashRequest,
  least: number,
): ReturnType<typeof fault> {
  return fault(
    'scheme.flash-too-small',
    `${inference.name}: the least linked session that was tried takes ${least} bytes of flash (parameters ` +
      `${packParameters(inference).length}), ${least - flash.bytes} more than the ${flash.bytes} there are`,
  );
}
