import { err, ok, type Result } from '#libs/base/result';

/** One environment variable: everything a reader or the parser needs to know of it. */
export interface Variable<T> {
  readonly name: string;
  /** Another name that means the same; the first one set wins. */
  readonly alias?: string;
  readonly meaning: string;
  readonly unit?: string;
  readonly fallback: T;
  readonly parse: (text: string) => Result<T>;
}

const refuse = (message: string) => err({ code: 'config.invalid', message });

type Described<T> = Omit<Variable<T>, 'parse'>;

export const textVariable = (variable: Described<string>): Variable<string> => ({
  ...variable,
  parse: ok,
});

/** A whole number from `min` to `max`. */
export const wholeVariable = (
  variable: Described<number> & { min: number; max: number },
): Variable<number> => ({
  ...variable,
  parse: (text) => {
    const value = Number(text);
    const fits = /^\d+$/.test(text) && value >= variable.min && value <= variable.max;
    return fits
      ? ok(value)
      : refuse(`is "${text}", but must be a whole number from ${variable.min} to ${variable.max}`);
  },
});

/** 0 lets the operating system choose a free port. */
export const portVariable = (variable: Described<number>): Variable<number> =>
  wholeVariable({ ...variable, min: 0, max: 65_535 });

export const choiceVariable = <T extends string>(
  variable: Described<T> & { choices: readonly T[] },
): Variable<T> => ({
  ...variable,
  parse: (text) => {
    const choice = variable.choices.find((one) => one === text);
    return choice ? ok(choice) : refuse(`is "${text}", but must be one of ${variable.choices.join(', ')}`);
  },
});

export const secretVariable = (
  variable: Described<string | undefined> & { minLength: number },
): Variable<string | undefined> => ({
  ...variable,
  parse: (text) =>
    text.length >= variable.minLength
      ? ok(text)
      : refuse(`has ${text.length} characters, but needs ${variable.minLength}`),
});
