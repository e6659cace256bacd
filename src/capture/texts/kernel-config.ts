// The configuration a kernel was built with: /proc/config.gz or /boot/config-*, decompressed.
import { badLine, emptyText, textLines } from './text-lines.js';

export interface KernelConfig {
  file: string;
  /** Values by name without `CONFIG_`, quotes removed; `n` for those listed as not set. */
  options: ReadonlyMap<string, string>;
}

/** Reads a configuration. @throws InputError naming the first line that is neither an option nor a comment. */
export function parseKernelConfig(text: string, file: string): KernelConfig {
  const options = new Map<string, string>();
  for (const line of textLines(text)) {
    const set = /^CONFIG_(\w+)=(.*)$/.exec(line.text);
    const unset = /^# CONFIG_(\w+) is not set$/.exec(line.text);
    if (set?.[1]) options.set(set[1], (set[2] ?? '').replace(/^"(.*)"$/, '$1'));
    else if (unset?.[1]) options.set(unset[1], 'n');
    else if (!line.text.startsWith('#'))
      throw badLine(file, line, 'an option of a kernel (CONFIG_NAME=value)');
  }
  if (options.size === 0) throw emptyText(file, 'the options of a kernel (CONFIG_NAME=value)');
  return { file, options };
}
