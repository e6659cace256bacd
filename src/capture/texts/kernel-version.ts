// `uname -a`, /proc/version, or a bare release.
import { badLine, emptyText, textLines } from './text-lines.js';

export interface KernelVersion {
  file: string;
  /** The line as it was. */
  text: string;
  /** `7.2.13-arm64-16k`. */
  release: string;
  major: number;
  minor: number;
  /** Machine as printed by uname; null where it is not in the line. */
  machine: string | null;
}

const RELEASE = /^(\d{1,3})\.(\d{1,4})(?:[.+~_-]\S*)?$/;

/** Reads the first line. @throws InputError where it names no release. */
export function parseKernelVersion(text: string, file: string): KernelVersion {
  const [line] = textLines(text);
  if (line === undefined) throw emptyText(file, 'the output of uname -a');
  const words = line.text.trim().split(/\s+/);
  for (const release of words) {
    const match = RELEASE.exec(release);
    if (!match) continue;
    const machine =
      words.find((word) => /^(?:aarch64|armv8\w*|x86_64|riscv64|ppc64le|s390x)$/.test(word)) ?? null;
    return {
      file,
      text: line.text.trim(),
      release,
      major: Number(match[1]),
      minor: Number(match[2]),
      machine,
    };
  }
  throw badLine(file, line, 'the output of uname -a or of /proc/version, with a release such as 6.18.0');
}
