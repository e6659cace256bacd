import { kernelParameter } from './command-line.js';

/**
 * What `rodata=` protects, by the names of kernels up to 6.17, which the discussion of the
 * linear map uses: `full` protects the kernel's text and read-only data, modules and their
 * aliases in the linear map; `on` all of it but those aliases; `off` nothing.
 */
export type Rodata = 'full' | 'on' | 'off';

export const RODATA: readonly Rodata[] = ['full', 'on', 'off'];

/** The names since 6.18 (commit bfbbb0d3215f). `on` changed its meaning. */
type RodataSince618 = 'on' | 'noalias' | 'off';

const SINCE_618: Readonly<Record<Rodata, RodataSince618>> = { full: 'on', on: 'noalias', off: 'off' };

export function rodataSince618(rodata: Rodata): RodataSince618 {
  return SINCE_618[rodata];
}

/** Both names: `full (on since 6.18)`. */
export function rodataLabel(rodata: Rodata): string {
  const since618 = SINCE_618[rodata];
  return since618 === rodata ? rodata : `${rodata} (${since618} since 6.18)`;
}

/**
 * What a command line means to the kernel it was given to.
 * @param kernel a release (`6.12.0`) or the output of `uname -a`; where it names no version, the
 *   names since 6.18 apply. Up to 6.17 the default is that of CONFIG_RODATA_FULL_DEFAULT_ENABLED=y.
 *   A value the kernel does not know leaves the default, since 6.18 with a warning, `full` included.
 */
export function rodataFromCommandLine(commandLine: string, kernel: string): Rodata {
  const value = kernelParameter(commandLine, 'rodata');
  if (isBefore618(kernel)) return value === 'on' || value === 'off' ? value : 'full';
  if (value === 'noalias') return 'on';
  return value === 'off' ? 'off' : 'full';
}

/** Whether a release or the output of `uname -a` names a version up to 6.17; false where it names none. */
export function isBefore618(kernel: string): boolean {
  const version = /(?:^|\s)(\d+)\.(\d+)/.exec(kernel);
  if (version === null) return false;
  const major = Number(version[1]);
  return major < 6 || (major === 6 && Number(version[2]) < 18);
}
