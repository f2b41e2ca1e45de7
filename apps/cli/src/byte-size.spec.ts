import { parseByteSize } from './byte-size';

it.each([
  ['65536', 65_536],
  ['64KB', 65_536],
  ['64kb', 65_536],
  ['0', 0],
])('%s is %d bytes', (text, bytes) => {
  expect(parseByteSize('--sram', text)).toEqual({ ok: true, value: bytes });
});

it.each(['', '-1', '1.5KB', '64MB', 'KB', '12345678901'])('"%s" is no size', (text) => {
  expect(parseByteSize('--flash', text)).toEqual({
    ok: false,
    error: { code: 'usage', message: `--flash is "${text}", but wanted is a size: 65536 or 64KB` },
  });
});
