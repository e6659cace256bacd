// Where a command's words go: the result to stdout, everything else to stderr.
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

export interface Output {
  /** The command's one result: a document for programs or text for people. Called once, at the end. */
  result(result: Result, json: boolean): void;
  warn(line: string): void;
}

interface Result {
  document: object;
  text(colours: Colours): string;
}

export const standardOutput: Output = {
  result(result, json) {
    const text = json ? JSON.stringify(result.document, null, 2) : result.text(pc.createColors(hasColour()));
    process.stdout.write(`${text}\n`);
  },
  warn(line) {
    process.stderr.write(`warning: ${line}\n`);
  },
};

function hasColour(): boolean {
  // no-color.org: set and not empty.
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
}
