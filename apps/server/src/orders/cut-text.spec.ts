import { MAX_TEXT_BYTES } from '#libs/fleet/protocol';

import { cutText } from './cut-text';

describe('cutText', () => {
  it('leaves short text as it is', () => {
    expect(cutText('too much for this board')).toBe('too much for this board');
  });

  it('cuts between characters, however many bytes they have', () => {
    for (const character of ['x', 'é', '€', '𝄞']) {
      const cut = cutText(character.repeat(300));
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(MAX_TEXT_BYTES);
      expect(cut).toBe(character.repeat(cut.length / character.length));
    }
  });
});
