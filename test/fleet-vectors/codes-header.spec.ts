import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as protocol from '#libs/fleet/protocol';

const header = readFileSync(join(__dirname, '..', '..', 'firmware-templates', 'net', 'fl_codes.h'), 'utf8');
const constants = new Map(
  [...header.matchAll(/\bFL_(\w+) = (-?\d+)/g)].map(([, name = '', value = '']) => [name, Number(value)]),
);
const screaming = (name: string): string => name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
const named = (prefix: string, table: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(table).map(([name, value]) => [prefix + screaming(name), value]);

describe('fl_codes.h', () => {
  it('has the numbers of the TypeScript tables, and no others', () => {
    const limits = Object.entries(protocol as Record<string, unknown>).filter(
      (entry): entry is [string, number] => /^[A-Z_]+$/.test(entry[0]) && typeof entry[1] === 'number',
    );
    const expected = [
      ...named('', protocol.Status),
      ...named('PHASE_', protocol.PHASES),
      ...named('JOB_', protocol.JOB_KINDS),
      ...named('FETCH_', protocol.FETCH_OF),
      ...named('ORDER_', protocol.ITEM_ORDERS),
      ...named('END_', protocol.SESSION_ENDS),
      ...limits,
      ['SECRET_CHARS', 64],
    ] as [string, number][];
    expect(Object.fromEntries(constants)).toEqual(Object.fromEntries(expected));
  });

  it('says of every status code what the table says', () => {
    for (const { name, sentence } of protocol.DEVICE_CODES) {
      if (name === 'ok') continue;
      expect(header).toMatch(new RegExp(`FL_${screaming(name)} = -?\\d+,? +/\\* ${sentence} \\*/`));
    }
  });

  it('and PROTOCOL.md list the same codes', () => {
    const page = readFileSync(
      join(__dirname, '..', '..', 'libs', 'fleet', 'protocol', 'PROTOCOL.md'),
      'utf8',
    );
    const rows = [...page.matchAll(/^\| (-?\d+) \| (\w+) \|/gm)].map(([, code, name]) => [
      name,
      Number(code),
    ]);
    expect(rows.slice(-protocol.DEVICE_CODES.length)).toEqual(
      protocol.DEVICE_CODES.map(({ name, code }) => [name, code]),
    );
  });
});
