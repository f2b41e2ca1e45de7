import { parseByteSize } from './byte-size';

it.each([
  ['65536', 65_536],
  ['64KB', 65_536],
  ['64kb', 65_536],
  ['0', 0],
])('%s is %d bytes', (text, bytes) => {
  expect(parseByteSize(text)).toEqual({ ok: true, value: bytes });
});

it.each(['', '-1', '1.5KB', '64MB', 'KB', '12345678901'])('"%s" is no size', (text) => {
  expect(parseByteSize(text)).toMatchObject({ ok: false, error: { code: 'usage' } });
});
