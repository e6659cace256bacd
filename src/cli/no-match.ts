// What to say where an option that chooses by name chooses nothing.
import { InputError } from '../io/input-error.js';
import { formatCount } from '../report/number.js';

const MOST_NAMES = 3;

/**
 * One line that names some of what there is to choose from.
 * @param option as it was typed, such as `--series`
 * @param kind what has the names, with its article: `a series`
 */
export function noMatch(option: string, kind: string, names: readonly string[], pattern: RegExp): InputError {
  if (names.length === 0) {
    return new InputError(option, null, `expected the name of ${kind}, found that there is none at all`);
  }
  const some = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  const more = names.length > some.length ? ` (of ${formatCount(names.length)})` : '';
  return new InputError(
    option,
    null,
    `expected the name of ${kind}, such as ${some.join(', ')}${more}, found none that ${pattern} matches`,
  );
}
