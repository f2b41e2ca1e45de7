import type { BiasPart } from './parts';

/** After so many plans the room of a reach is known well enough. */
const MOST_ROUNDS = 5;

/** Biases of the last K layers, and the room that a step with them leaves for weights, as far as plans have told. */
export class Reach {
  /** The most bytes of weights that were planned and fit; below 0: none were. */
  private fits = -1;
  /** The least bytes of weights that were planned and did not fit. */
  private fails = Infinity;
  private next: number | undefined;
  private rounds = 0;

  constructor(readonly bias: BiasPart) {}

  /** Bytes for weights, by the plans of this reach. Undefined: there are none yet. */
  get room(): number | undefined {
    return this.next;
  }

  /** Do plans say that not even the biases fit? */
  get isTooFar(): boolean {
    return this.fails === 0;
  }

  /** Would a plan with so many bytes of weights tell anything? */
  isWorthPlanning(bytes: number): boolean {
    return this.rounds < MOST_ROUNDS && bytes > this.fits && bytes < this.fails;
  }

  /**
   * A plan was made: its room is what it took and what it left over, or the middle between what fits and what fails, where that was
   * tried already.
   * @param bytes of its weights
   * @param spare of the arena; below 0: what is missing
   */
  learn(bytes: number, spare: number): void {
    this.rounds += 1;
    if (spare >= 0) this.fits = Math.max(this.fits, bytes);
    else this.fails = Math.min(this.fails, bytes);
    const wanted = Math.max(0, bytes + spare);
    const isNew = wanted > this.fits && wanted < this.fails;
    this.next = isNew || this.fails === Infinity ? wanted : Math.floor((this.fits + this.fails) / 2);
  }
}
