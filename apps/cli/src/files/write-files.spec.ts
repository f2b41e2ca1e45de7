import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPlaces, inFolder, writeFiles } from './write-files';

describe('files are written all or none:', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleetlearn-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (...names: readonly string[]): string => join(folder, ...names);

  it('into a folder that is made, with the folders in it', async () => {
    const contents = new Map<string, string | Uint8Array>([
      ['c/one', '1'],
      ['two', new Uint8Array([50])],
    ]);
    const files = inFolder(at('a/b'), contents);
    expect(await writeFiles(files, [at('a/b')])).toEqual({ ok: true, value: undefined });
    expect(readFileSync(at('a/b/c/one'), 'utf8')).toBe('1');
    expect(readFileSync(at('a/b/two'), 'utf8')).toBe('2');
    expect(readdirSync(at('a/b')).sort()).toEqual(['c', 'two']);
  });

  it('nothing where one path is a folder', async () => {
    mkdirSync(at('taken'));
    writeFileSync(at('old'), 'before');
    const files = new Map([
      [at('old'), 'after'],
      [at('new/one'), ''],
      [at('taken'), ''],
    ] as const);
    expect(await writeFiles(files, [at('new')])).toMatchObject({ error: { code: 'file.unwritable' } });
    expect(readFileSync(at('old'), 'utf8')).toBe('before');
    expect(readdirSync(folder).sort()).toEqual(['old', 'taken']);
  });

  it('nothing where a folder is missing that was not to be made', async () => {
    expect(await writeFiles(new Map([[at('no/one'), '']]))).toMatchObject({ ok: false });
    expect(existsSync(at('no'))).toBe(false);
  });

  it('where there is a place for each, which can be asked before', () => {
    writeFileSync(at('old'), 'before');
    expect(checkPlaces([at('old'), at('new'), '/dev/null'])).toEqual({ ok: true, value: undefined });
    expect(checkPlaces([at('new'), folder])).toMatchObject({ error: { code: 'file.unwritable' } });
    expect(checkPlaces([at('no/one')])).toMatchObject({ error: { code: 'file.unwritable' } });
    expect(readdirSync(folder)).toEqual(['old']);
  });

  it('through a link, and to a device', async () => {
    writeFileSync(at('target'), 'before');
    symlinkSync(at('target'), at('link'));
    expect(
      (
        await writeFiles(
          new Map([
            [at('link'), 'after'],
            ['/dev/null', 'gone'],
          ] as const),
        )
      ).ok,
    ).toBe(true);
    expect(readlinkSync(at('link'))).toBe(at('target'));
    expect(readFileSync(at('target'), 'utf8')).toBe('after');
    expect(existsSync('/dev/null')).toBe(true);
  });
});
