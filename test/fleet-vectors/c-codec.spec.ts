import fc from 'fast-check';
import { toHex } from '#libs/base/bytes';
import { Rng } from '#libs/base/rng';
import { MAX_PAYLOAD_BYTES } from '#libs/fleet/protocol';
import { messageKind } from './arbitrary-messages';
import { HEARD_LINES, SAID_LINES } from './c-lines';
import { compileC, describeC, talk } from './c-program';
import { GOLDEN_MESSAGES, REFUSED_PAYLOADS } from './golden-messages';

const SOURCES = ['net/fl_cbor.c', 'net/fl_messages.c', 'runtime/fl_bytes.c'];

/** How the driver says a message, by a table of such functions. */
const lineOf = (table: typeof HEARD_LINES, name: string, message: unknown): string => {
  const line = table[name];
  if (!line) throw new Error(`no line for ${name}`);
  return line(message as never);
};
const decodeLine = (name: string, payload: Uint8Array): string => `decode ${name} ${toHex(payload) || '-'}`;

describeC('the C codec (needs gcc)', () => {
  let driver = '';
  beforeAll(() => {
    driver = compileC({ driver: 'codec-driver.c', sources: SOURCES });
  }, 60_000);

  const said = GOLDEN_MESSAGES.filter(({ message }) => message in SAID_LINES);
  const heard = GOLDEN_MESSAGES.filter(({ message }) => message in HEARD_LINES);

  it('encodes what a device says as the golden messages', () => {
    const lines = said.map(({ message, value }) => `encode ${message} ${lineOf(SAID_LINES, message, value)}`);
    expect(talk(driver, lines)).toEqual(said.map(({ payload }) => toHex(payload)));
    expect(said.length + heard.length).toBe(GOLDEN_MESSAGES.length);
  });

  it('decodes what a device hears as the golden messages', () => {
    const lines = heard.map(({ message, payload }) => decodeLine(message, payload));
    expect(talk(driver, lines)).toEqual(
      heard.map(({ message, value }) => lineOf(HEARD_LINES, message, value)),
    );
  });

  it('refuses the payloads that must be refused', () => {
    const lines = REFUSED_PAYLOADS.map(({ message, hex }) => `decode ${message} ${hex || '-'}`);
    expect(talk(driver, lines)).toEqual(REFUSED_PAYLOADS.map(() => 'refused'));
  });

  it.each(Object.keys(SAID_LINES))('encodes any %s as TypeScript does', (name) => {
    const { message, encode } = messageKind(name);
    const messages = fc
      .sample(message, { numRuns: 200, seed: 1 })
      .filter((one) => name !== 'enrol' || hasLabel(one));
    const whole = messages.map((one) => (name === 'result' ? withAll(one) : one));
    const lines = whole.map((one) => `encode ${name} ${lineOf(SAID_LINES, name, one)}`);
    expect(talk(driver, lines)).toEqual(whole.map((one) => toHex(encode(one))));
  });

  it.each(Object.keys(HEARD_LINES))(
    'decodes any %s as TypeScript does, and what it accepts of a mutated one',
    (name) => {
      const { message, encode, decode } = messageKind(name);
      const isOfKinds = name === 'job' || name === 'enrol-answer';
      const rng = new Rng(7);
      const sent = fc.sample(message, { numRuns: 150, seed: 1 }).map(encode);
      const payloads = [
        ...sent,
        ...sent.flatMap((one) => Array.from({ length: 60 }, () => mutated(one, rng))),
      ];
      const answers = talk(
        driver,
        payloads.map((one) => decodeLine(name, one)),
      );
      payloads.forEach((payload, i) => {
        const ours = decode(payload);
        // A device does not check UTF-8, and in messages of several kinds refuses a bad key that the kind does not have.
        if (!ours.ok && ours.error.code === 'protocol.bad-text') return;
        if (ours.ok && answers[i] === 'refused' && i >= sent.length && isOfKinds) return;
        expect([toHex(payload), answers[i]]).toEqual([
          toHex(payload),
          ours.ok ? lineOf(HEARD_LINES, name, ours.value) : 'refused',
        ]);
      });
    },
  );

  it('reads no byte outside any payload, however mutated', () => {
    const lines = heard.map(({ payload }, i) => `mutate 4000 ${i} ${toHex(payload)}`);
    for (const answer of talk(driver, lines)) expect(answer).toMatch(/^done \d+$/);
  }, 120_000);
});

/** C sends no empty label; it leaves the key out. */
const hasLabel = (message: unknown): boolean => (message as { readonly label?: string }).label !== '';

const ENDING = { end: 'passes', saturated: { weights: 0, headWeights: 0, biases: 0 } };

/** C sends all that a failure may tell, and of every session that made a pass how it ended. */
function withAll(message: unknown): unknown {
  const nothing = {
    passLosses: [] as number[],
    guardRestarts: 0,
    peakSramBytes: 0,
    peakStackBytes: 0,
    receivedBytes: 0,
    sentBytes: 0,
  };
  const { kind } = message as { readonly kind: string };
  if (kind === 'trained') return { ...ENDING, ...(message as object) };
  if (kind !== 'failed') return message;
  const { end, saturated, ...failed } = { ...nothing, ...ENDING, ...(message as object) };
  return failed.passLosses.length > 0 ? { ...failed, end, saturated } : failed;
}

/** A copy with one to three bytes overwritten, flipped, inserted or removed. */
function mutated(payload: Uint8Array, rng: Rng): Uint8Array {
  const bytes = [...payload];
  for (let more = 1 + rng.below(3); more > 0; more--) {
    const place = rng.below(bytes.length + 1);
    const kind = rng.below(4);
    if (kind === 0) bytes[Math.min(place, bytes.length - 1)] = rng.below(256);
    if (kind === 1) bytes.splice(place, 0, rng.below(256));
    if (kind === 2) bytes.splice(place, 1);
    if (kind === 3) bytes[0] = (bytes[0] ?? 0) ^ (1 << rng.below(8));
  }
  return Uint8Array.from(bytes.slice(0, MAX_PAYLOAD_BYTES + 5));
}
