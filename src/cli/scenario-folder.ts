import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../io/input-error.js';

const EXPECTED = 'expected the folder of a scenario, with before.map.json and trace.txt';

/**
 * Refuses what is easily taken for a scenario folder, in words that say what to give instead.
 * @throws InputError for a path that does not exist, a file, and the folder of a machine.
 */
export function requireScenarioFolder(directory: string): void {
  const status = statSync(directory, { throwIfNoEntry: false });
  if (status === undefined) throw wrong(directory, 'no such file or directory');
  if (!status.isDirectory()) throw wrong(directory, 'a file');
  if (hasScenario(directory)) return;
  const scenarios = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasScenario(join(directory, entry.name)))
    .map(({ name }) => join(directory, name))
    .sort();
  if (scenarios.length > 0) throw wrong(directory, `a machine with these: ${scenarios.join(', ')}`);
}

/** One of the two files is enough: then the other is what is missing. */
function hasScenario(directory: string): boolean {
  return ['before.map.json', 'trace.txt'].some((name) =>
    [name, `${name}.gz`].some((file) => existsSync(join(directory, file))),
  );
}

function wrong(directory: string, found: string): InputError {
  return new InputError(directory, null, `${EXPECTED}, found ${found}`);
}
