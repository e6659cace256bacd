/**
 * Bad input from outside: a file that is missing, malformed or contradicts itself.
 * `message` is the complete line a person reads: `file:line: expected …, found …`.
 * The command line prints it as it is and exits with 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  /**
   * @param file the file as the person named it
   * @param line counted from 1; null where no line can be named (the file is missing, or binary)
   * @param detail what was expected and what was found
   */
  constructor(
    readonly file: string,
    readonly line: number | null,
    readonly detail: string,
  ) {
    const place = line === null ? file : `${file}:${line}`;
    super(`${place}: ${detail}`.replace(/\s*[\r\n]+\s*/g, ' '));
  }
}
