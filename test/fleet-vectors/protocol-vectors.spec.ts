import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { messageKind } from './arbitrary-messages';
import { REFUSED_PAYLOADS } from './golden-messages';
import { protocolVectorFiles, toJson, type MessageVector } from './vector-files';

const FOLDER = join(__dirname, '..', 'vectors', 'protocol');
const files = protocolVectorFiles();
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

describe('the golden messages', () => {
  it('are in test/vectors/protocol as the codec encodes them (fresh: write-vectors.ts)', () => {
    expect(readdirSync(FOLDER).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect([name, read(name)]).toEqual([name, text]);
  });

  it.each([...files.keys()].filter((name) => name !== 'refused.json'))('%s decodes to its fields', (name) => {
    const { decode } = messageKind(name.replace('.json', ''));
    for (const { payload, fields } of JSON.parse(read(name)) as MessageVector[]) {
      expect(toJson(unwrap(decode(bytesOf(payload))))).toEqual(fields);
    }
  });

  it.each(REFUSED_PAYLOADS)('$message: $why is refused: $code', ({ message, hex, code }) => {
    expect(messageKind(message).decode(bytesOf(hex))).toMatchObject({ ok: false, error: { code } });
  });
});
