// Names of archive entries: which ones are taken, and in which form.

const LONGEST = 1024;
// C0, C1 and the marks that turn the direction of text: none of them shows on a terminal as what it is.
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

/** What is wrong with an entry's name, after `found`; null where nothing is. */
export function badEntryName(name: string): string | null {
  if (UNPRINTABLE.test(name)) return 'control characters';
  if (name.length > LONGEST) return `${name.length} characters`;
  // An archive packed on Windows may hold its separators and drives.
  if (/^(?:[\\/]|[a-z]:)/i.test(name)) return 'an absolute path';
  if (name.split(/[\\/]/).includes('..')) return 'a path with ".."';
  return null;
}

/** The name without `.` steps, doubled slashes and the slash at the end; empty for the archive's own folder. */
export function plainEntryName(name: string): string {
  return name
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}

/** A name as part of an error's one line: quoted, shortened, whatever is in it escaped. */
export function quoteEntryName(name: string): string {
  const short = name.length > 100 ? `${name.slice(0, 97)}...` : name;
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(short).replace(new RegExp(UNPRINTABLE, 'gu'), escaped);
}
