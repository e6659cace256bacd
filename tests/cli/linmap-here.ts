// The command line in the process of the test, without the start of another one for each question. What only a process
// can show (its own exit code, streams that break, signals, colours) is asked of linmap.ts.
import { expect, vi } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { createProgram } from '../../src/cli/program.js';
import type { Run } from './linmap.js';

/** Runs the command line as src/cli/main.ts does. One at a time: the streams are those of the process. */
export async function linmapHere(...args: string[]): Promise<Run> {
  const stdout = recorded(process.stdout);
  const stderr = recorded(process.stderr);
  const own = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = await createProgram();
    await program.parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } catch (error) {
    const { exitCode, text } = describeFailure(error);
    const last = text === '' ? '' : `${text}\n`;
    return { code: exitCode, stdout: stdout.text(), stderr: stderr.text() + last };
  } finally {
    process.exitCode = own;
    stdout.end();
    stderr.end();
  }
}

function recorded(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const write = vi.spyOn(stream, 'write').mockReturnValue(true);
  return {
    text: () => write.mock.calls.map(([chunk]) => String(chunk)).join(''),
    end: () => write.mockRestore(),
  };
}

/** stderr of a run that is refused: one line, 2, and nothing on stdout. */
export async function refusalHere(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await linmapHere(...args);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr.trimEnd();
}

/** The document of a run with --json that ends well and says nothing else. */
export async function documentHere(...args: string[]) {
  const { code, stdout, stderr } = await linmapHere(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}
