// The capture script: the parts in this folder and the readers of page tables, put together into one file for /bin/sh.
import { readFileSync } from 'node:fs';
import { packageFile } from '../../io/package-file.js';

/** Interpreters by the extension of their reader, in the order in which the script tries them. */
const READERS = ['mjs', 'py', 'pl'] as const;
const DELIMITER = 'LINMAP_READER';

/**
 * The whole script as text.
 * @param version linmap's, which the script shows and writes into its archives
 */
export function captureScript(version: string): string {
  return expand(part('linmap-capture.sh')).replaceAll('@VERSION@', version);
}

function expand(text: string): string {
  return text.replaceAll(/^#@ (?:include )(\S+)\n/gm, (_, name: string) =>
    name === 'readers' ? readers() : part(name),
  );
}

/** A shell function that prints the source of one reader; the quoted delimiter keeps the shell out of it. */
function readers(): string {
  const cases = READERS.map((extension) => {
    const source = part(`readers/table-reader.${extension}`);
    if (source.split('\n').includes(DELIMITER)) throw new Error(`a reader has a line "${DELIMITER}"`);
    return `    ${extension})\n      cat <<'${DELIMITER}'\n${source}${DELIMITER}\n      ;;\n`;
  });
  return `# Prints a program that copies the page tables out of /proc/kcore: "reader SOURCE DEST".
table_reader() {
  case $1 in
${cases.join('')}  esac
}
`;
}

/** A file of this folder in the package's sources, which dist/ has no copy of. */
function part(name: string): string {
  const file = `src/capture/script/${name}`;
  const path = packageFile(file);
  if (path === null) throw new Error(`${file} is missing from the package`);
  return readFileSync(path, 'utf8');
}
