/**
 * The value of a `name=value` parameter of a kernel command line; null where it is not given.
 * As in the kernel's parse_args(), the last one wins and nothing after `--` is the kernel's.
 */
export function kernelParameter(commandLine: string, name: string): string | null {
  let value: string | null = null;
  for (const word of words(commandLine)) {
    if (word === '--') break;
    if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
  }
  return value;
}

/** Whether DEBUG_PAGEALLOC is switched on. The kernel must have been built with it, which a command line cannot tell. */
export function debugPageallocFrom(commandLine: string): boolean {
  // early_debug_pagealloc() reads it with kstrtobool().
  return /^(?:[yt1]|on)/i.test(kernelParameter(commandLine, 'debug_pagealloc') ?? '');
}

/** Words, with double quotes around spaces, which the kernel strips. */
function words(commandLine: string): string[] {
  return (commandLine.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
