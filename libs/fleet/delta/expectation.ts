/** What is expected of the next element, from those before it (DELTA.md, "Expectation"). Encoder and decoder keep it alike. */
import { ELEMENT_FORMATS, type DeltaVariable, type VariableKind } from './layout';

/** Rows before a row that it is compared with. */
const EARLIER_ROWS = 31;
/** In the mean of a row the level counts as so many elements. */
const LEVEL_ELEMENTS = 3;
const MOST_GAIN = 4096;
/** At so many elements the mean of a row forgets half of them. */
const MOST_ELEMENTS = 128;

/** In sixteenths, at the beginning of a delta. */
const FIRST_LEVELS: Readonly<Record<VariableKind, number>> = { weights: 128, head: 1024, bias: 1024 };

/** Rows are compared in whole steps of the weights' quantisation: 1/16 of a head's element. */
const FRACTION_BITS: Readonly<Record<VariableKind, number>> = { weights: 0, head: 4, bias: 0 };

/** Each kind's mean magnitude of the last rows, in sixteenths. */
export class Levels {
  private readonly levels: Record<VariableKind, number> = { ...FIRST_LEVELS };

  of(kind: VariableKind): number {
    return this.levels[kind];
  }

  /** Moves the level an eighth of the way to a row's mean. */
  add(kind: VariableKind, mean: number): void {
    const level = this.levels[kind];
    this.levels[kind] = level - (level >>> 3) + (mean >>> 3);
  }
}

/** How large the elements of a row are; in sixteenths. */
class RowMean {
  private sum = 0;
  private count = 0;

  add(magnitude: number): void {
    this.sum += 16 * magnitude;
    this.count++;
    if (this.count < MOST_ELEMENTS) return;
    this.sum >>>= 1;
    this.count /= 2;
  }

  /** With a level that counts as some elements. */
  from(level: number): number {
    return Math.floor((LEVEL_ELEMENTS * level + this.sum) / (LEVEL_ELEMENTS + this.count));
  }

  get value(): number {
    return Math.floor(this.sum / this.count);
  }
}

/** A row before the one that is coded. */
interface EarlierRow {
  readonly begin: number;
  /** 4096 over one more than the mean square of its elements, but for sums that wrap. */
  readonly gain: number;
  /** How like it the row has been so far: products of its elements and what was missed of the row's, each times the gain, in 256ths. */
  likeness: number;
}

export interface Rows {
  readonly rowLength: number;
  readonly values: Int32Array;
}

/** The elements of one variable in order. `values` holds those known so far: the caller writes each before `learn`. */
export class Expectation {
  private readonly fractionBits: number;
  private readonly limit: number;
  private readonly earlier: EarlierRow[] = [];
  private mean = new RowMean();
  private energy = 0;
  private index = 0;
  private column = 0;

  constructor(
    private readonly levels: Levels,
    private readonly variable: DeltaVariable,
    private readonly rows: Rows,
  ) {
    this.fractionBits = FRACTION_BITS[variable.kind];
    this.limit = ELEMENT_FORMATS[variable.kind].limit;
  }

  /** The expected magnitude of the next element's distance from the centre, in sixteenths. */
  get scale(): number {
    return this.mean.from(this.levels.of(this.variable.kind));
  }

  /** What the next element is expected near: what earlier rows have there, each as far as the row has been like it so far. */
  get centre(): number {
    const { column, fractionBits } = this;
    const { values } = this.rows;
    let sum = 0;
    for (const { begin, likeness } of this.earlier) {
      const steps = (values[begin + column] ?? 0) >> fractionBits;
      sum = (sum + Math.imul(likeness >> 4, steps)) | 0;
    }
    const centre = (((sum + 1024) | 0) >> 11) * (1 << fractionBits);
    return Math.min(Math.max(centre, -this.limit), this.limit);
  }

  /** Takes note of the next element. @param centre what was expected */
  learn(centre: number): void {
    const { column, fractionBits } = this;
    const { values } = this.rows;
    const value = values[this.index] ?? 0;
    const steps = value >> fractionBits;
    const missed = (value - centre) >> fractionBits;
    this.mean.add(Math.abs(value - centre));
    this.energy = (this.energy + steps * steps) >>> 0;
    for (const row of this.earlier) {
      const there = (((values[row.begin + column] ?? 0) >> fractionBits) * row.gain) >> 4;
      row.likeness = (row.likeness + Math.imul(there, missed)) | 0;
    }
    this.index++;
    this.column++;
    if (this.column === this.rows.rowLength) this.endRow();
  }

  private endRow(): void {
    const { rowLength } = this.rows;
    this.levels.add(this.variable.kind, this.mean.value);
    // The first elements of two rows are never expected alike, so that rows of one are not kept.
    if (rowLength > 1) this.keepRow();
    this.mean = new RowMean();
    this.energy = 0;
    this.column = 0;
  }

  private keepRow(): void {
    const { rowLength } = this.rows;
    const divisor = ((this.energy + rowLength) | 1) >>> 0;
    const gain = Math.min(Math.floor(((MOST_GAIN * rowLength) >>> 0) / divisor), MOST_GAIN);
    for (const row of this.earlier) row.likeness = 0;
    this.earlier.push({ begin: this.index - rowLength, gain, likeness: 0 });
    if (this.earlier.length > EARLIER_ROWS) this.earlier.shift();
  }
}
