import { type JSONVisitor, visit } from 'jsonc-parser';
import { type JsonPath, lineAt } from './json-place.js';

/** A key that the object around it has already. */
interface RepeatedKey {
  key: string;
  /** The object. */
  path: JsonPath;
  line: number;
}

/**
 * The first key that an object has twice, at its second place. JSON.parse() takes the last one and says nothing.
 * @param text JSON that JSON.parse() takes
 */
export function findRepeatedKey(text: string): RepeatedKey | null {
  return mayRepeatKey(text) ? firstRepeatedKey(text) : null;
}

/**
 * Whether any two keys of a text look alike, in one object or not. Colons are few in a map of 100 MB, and finding them
 * costs next to nothing.
 */
function mayRepeatKey(text: string): boolean {
  const seen = new Set<string>();
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    let end = colon - 1;
    while (' \t\r\n'.includes(text.charAt(end))) end--;
    // A colon inside of a string.
    if (text.charAt(end) !== '"') continue;
    const start = text.lastIndexOf('"', end - 1);
    const key = text.slice(start + 1, end);
    // Two spellings of one key differ by their escapes; an escaped quote is not where the key begins.
    if (key.includes('\\') || text.charAt(start - 1) === '\\' || seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

function firstRepeatedKey(text: string): RepeatedKey | null {
  const open: Set<string>[] = [];
  const found: RepeatedKey[] = [];
  const visitor: JSONVisitor = {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (key, offset, _length, _line, _character, path) => {
      const keys = open.at(-1);
      if (found.length === 0 && keys?.has(key)) found.push({ key, path: path(), line: lineAt(text, offset) });
      keys?.add(key);
    },
  };
  try {
    visit(text, visitor);
  } catch (error) {
    // The parser recurses: what is nested too deeply for it no schema takes.
    if (!(error instanceof RangeError)) throw error;
  }
  return found[0] ?? null;
}
