/** Names that C files of ours share, read from their texts: all begin with `fl_`. */
const COMMENT = /\/\*[\s\S]*?\*\//g;
/** At the start of a line: inside a function everything is indented. */
const PROTOTYPE = /^[a-z][\w *]*\b\w+\([^;{}]*\)[^;{}]*;/gm;
/** A function or a table that other files can see. */
const DEFINITION = /^(?!static\b|typedef\b|extern\b)[a-z][\w *]*\b(fl_\w+)(?:\([^;{}]*\)\s*\{|\[.*\]\s*=)/gm;
const NAME = /\bfl_\w+/g;

/** What a file gives to others. */
export const definedIn = (text: string): readonly string[] =>
  [...text.matchAll(DEFINITION)].map(([, name = '']) => name);

/** What its functions and macros take from others, each once, and names of its own. Prototypes take nothing. */
export const mentionedIn = (text: string): readonly string[] => [
  ...new Set(text.replace(COMMENT, '').replace(PROTOTYPE, '').match(NAME)),
];
