import { expect } from 'vitest';
import { linmapHere } from './linmap-here.js';

/** What `linmap COMMAND --help` prints, and how many examples it gives; each of them has been run here, and ended with 0. */
export async function workingHelp(command: string): Promise<{ text: string; examples: number }> {
  const { code, stdout, stderr } = await linmapHere(command, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const examples = [...stdout.matchAll(/^ {2}(linmap .+)$/gm)].map(([, line = '']) => line);
  for (const example of examples) {
    const run = await linmapHere(...example.split(' ').slice(1));
    expect([example, run.code]).toEqual([example, 0]);
  }
  return { text: stdout, examples: examples.length };
}
