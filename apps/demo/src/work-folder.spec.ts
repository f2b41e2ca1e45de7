import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeWorkFolder } from './work-folder';

describe('the folder of a demo', () => {
  let parent = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'fleetlearn-work-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('is emptied, and kept when the demo ends', () => {
    mkdirSync(join(parent, 'demo'));
    writeFileSync(join(parent, 'demo', 'old'), '');
    const folder = takeWorkFolder(parent);
    expect(existsSync(join(folder.path, 'old'))).toBe(false);
    folder.release();
    expect(existsSync(folder.path)).toBe(true);
    expect(existsSync(`${folder.path}.lock`)).toBe(false);
  });

  it('is another one while a demo runs', () => {
    const first = takeWorkFolder(parent);
    expect(takeWorkFolder(parent).path).toBe(join(parent, 'demo-2'));
    first.release();
    expect(takeWorkFolder(parent).path).toBe(first.path);
  });

  it.each(['4000000', '', 'nonsense'])(
    'is taken over from a demo that was killed (lock file "%s")',
    (content) => {
      writeFileSync(join(parent, 'demo.lock'), content);
      expect(takeWorkFolder(parent).path).toBe(join(parent, 'demo'));
    },
  );
});
