const LONGEST = 32;
/** Prefixes of the kernels' own names, inside of a library. */
const INTERNAL = /^(fl_|at_)/;

/** The C name of a model: what all symbols of its library begin with. Lower-case letters, digits and single underscores. */
export function cName(name: string): string {
  const letters = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+/, '')
    .slice(0, LONGEST)
    .replace(/_+$/, '');
  return /^[a-z]/.test(letters) && !INTERNAL.test(`${letters}_`) ? letters : `m_${letters}`.replace(/_$/, '');
}

const LONGEST_SHOWN = 80;

/** A text from outside as it may stand in comments, strings and Markdown: none of its signs can end one of them. */
export const shownText = (text: string): string =>
  text.replace(/[^A-Za-z0-9_.:/ +-]/g, '_').slice(0, LONGEST_SHOWN);
