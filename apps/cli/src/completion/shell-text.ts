/** A word of a shell, whatever it holds. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** `fleetlearn` as a function of the shell, wherever it is called. */
export const launcher = (repository: string): string =>
  `fleetlearn() { npm --prefix ${quoted(repository)} run -s fleetlearn -- "$@"; }`;
