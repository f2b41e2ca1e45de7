/**
 * Names of models come from uploaded files. Nothing of them but letters, digits and a few harmless signs reaches generated
 * C, so that no name can end a comment, a string or a line.
 */

const LONGEST = 40;

const KEYWORDS = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register ' +
    'restrict return short signed sizeof static struct switch typedef union unsigned void volatile while'
  ).split(' '),
);

const LONGEST_SHOWN = 80;

/** A name for a comment or a string. */
export const shownName = (name: string): string =>
  name.replace(/[^A-Za-z0-9_.:/-]/g, '_').slice(0, LONGEST_SHOWN);

function identifierFrom(name: string): string {
  const letters = name
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  const short = letters.slice(-LONGEST).replace(/^_+/, '');
  return /^[a-z]/.test(short) && !KEYWORDS.has(short) ? short : `m_${short}`;
}

/** Gives every key its own C identifier, made from a name that need not be unique. */
export class Identifiers {
  private readonly taken = new Set<string>();
  private readonly known = new Map<string, string>();

  of(key: string, name: string): string {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const wanted = identifierFrom(name);
    let identifier = wanted;
    for (let count = 2; this.taken.has(identifier); count++) identifier = `${wanted}_${count}`;
    this.taken.add(identifier);
    this.known.set(key, identifier);
    return identifier;
  }
}
