// What a file's name says about when it was read.

/** `before` and `after` the trace, `boot` where there is none, or the name of a marker in it: `held`. */
export type Role = string;

const WORDS: Readonly<Record<string, Role>> = {
  before: 'before',
  pre: 'before',
  after: 'after',
  post: 'after',
  held: 'held',
  boot: 'boot',
};

const MAP = /^(.+)\.map\.json$/;
/** As capture folders name what they hold at a marker: `kernel_page_tables.on.txt`. */
const AT_MARKER = /^(?:kernel_page_tables|vmallocinfo|tables)\.([\w-]+)\.(?:txt|elf)$/;

/**
 * The role that a path names: the file itself, else the nearest folder whose whole name is one. Null where nothing does.
 * @param path with `/` between steps
 */
export function roleOf(path: string): Role | null {
  const steps = path.split('/');
  const name = (steps.pop() ?? '').replace(/\.gz$/, '');
  const stated = MAP.exec(name)?.[1] ?? AT_MARKER.exec(name)?.[1];
  if (stated !== undefined) return stated;
  for (const word of name.toLowerCase().split(/[^a-z0-9]+/)) {
    const role = wordRole(word);
    if (role !== null) return role;
  }
  for (const folder of steps.reverse()) {
    const role = wordRole(folder.toLowerCase());
    if (role !== null) return role;
  }
  return null;
}

function wordRole(word: string): Role | null {
  return Object.hasOwn(WORDS, word) ? (WORDS[word] as Role) : null;
}
