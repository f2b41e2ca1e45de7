import { at, err, ok, type Result } from '#libs/base/result';
import { type Buckets, bucketsAt, cumulative, ESCAPE, MIDDLE, SYMBOLS } from './bell';
import { Expectation, Levels } from './expectation';
import { deltaFault, type DeltaFault } from './faults';
import {
  ELEMENT_FORMATS,
  mostEncodedBytes,
  rowLengthsOf,
  type DeltaLayout,
  type DeltaVariable,
} from './layout';
import { RangeDecoder } from './range-decoder';
import { writeRawDelta, type VariableDelta } from './raw-delta';

/** The raw delta in an encoding that came from outside. Work is linear in the layout's elements. */
export function decodeDelta(layout: DeltaLayout, encoded: Uint8Array): Result<Uint8Array, DeltaFault> {
  const most = mostEncodedBytes(layout);
  if (encoded.length > most) {
    return err(
      deltaFault('delta.trailing-bytes', `${encoded.length} bytes, the scheme's deltas have at most ${most}`),
    );
  }
  const input = new RangeDecoder(encoded);
  const levels = new Levels();
  const rowLengths = rowLengthsOf(layout);
  const deltas: VariableDelta[] = [];
  for (const [i, variable] of layout.variables.entries()) {
    const values = readVariable(input, variable, { levels, rowLength: at(rowLengths, i) });
    if (!values.ok) return values;
    deltas.push({ variable, values: values.value });
  }
  if (input.bytesLeft !== 0) return err(wrongEnd(input));
  if (!input.isEndProper)
    return err(deltaFault('delta.bad-end', 'the last byte is not the one that ends the delta'));
  return ok(writeRawDelta(deltas));
}

const wrongEnd = (input: RangeDecoder): DeltaFault =>
  input.isPastEnd
    ? deltaFault('delta.truncated', 'the delta ends before its last byte')
    : deltaFault('delta.trailing-bytes', `${input.bytesLeft} bytes after the last value`);

function readVariable(
  input: RangeDecoder,
  variable: DeltaVariable,
  { levels, rowLength }: { readonly levels: Levels; readonly rowLength: number },
): Result<Int32Array, DeltaFault> {
  const values = new Int32Array(variable.count);
  const expectation = new Expectation(levels, variable, { rowLength, values });
  for (let i = 0; i < variable.count; i++) {
    const { centre } = expectation;
    const value = readNumber(input, variable, { centre, scale: expectation.scale });
    if (!value.ok) return value;
    values[i] = value.value;
    expectation.learn(centre);
  }
  return ok(values);
}

function readNumber(
  input: RangeDecoder,
  { kind, tensorName }: DeltaVariable,
  { centre, scale }: { readonly centre: number; readonly scale: number },
): Result<number, DeltaFault> {
  const { limit, escapeBits } = ELEMENT_FORMATS[kind];
  const buckets = bucketsAt(scale);
  const symbol = readSymbol(input, buckets);
  const isInFull = symbol === ESCAPE;
  const value = isInFull
    ? input.plain(escapeBits) - limit
    : centre + (symbol - MIDDLE) * 2 ** buckets.shift + input.plain(buckets.shift);
  if (input.isPastEnd)
    return err(deltaFault('delta.truncated', `${tensorName}: the delta ends before its last value`));
  if (input.isImpossible) return err(deltaFault('delta.no-symbol', `${tensorName}: bits that mean nothing`));
  if (Math.abs(value) > limit)
    return err(deltaFault('delta.out-of-range', `${tensorName}: ${value}, at most ${limit}`));
  const bucket = MIDDLE + ((value - centre) >> buckets.shift);
  if (isInFull && bucket >= 0 && bucket < ESCAPE)
    return err(deltaFault('delta.not-shortest', `${tensorName}: ${value} written in full`));
  return ok(value);
}

/** The symbol in whose frequencies the next place is. */
function readSymbol(input: RangeDecoder, buckets: Buckets): number {
  const place = input.place();
  let [symbol, end] = [0, SYMBOLS];
  while (end - symbol > 1) {
    const middle = (symbol + end) >> 1;
    if (cumulative(buckets, middle) <= place) symbol = middle;
    else end = middle;
  }
  input.take({ below: cumulative(buckets, symbol), upTo: cumulative(buckets, symbol + 1) });
  return symbol;
}
