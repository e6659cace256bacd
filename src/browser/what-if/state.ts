// What the reader of a page chose for "what if", and the same as the hash of a link.
import { formatSizeArgument, parseSize } from '../../io/size.js';
import { BACKINGS, type Backing } from '../../kernel/page-allocator.js';
import { CORES } from '../../machine/cores/presets/catalogue.js';
import { RODATA, type Rodata } from '../../machine/rodata.js';
import type { SyntheticMachine } from '../../machine/synthetic.js';
import { formatGranule, GRANULES, type Granule, vaBitsOf } from '../../machine/va-layout.js';
import { MAIN_CORE } from '../../report/main-core.js';
import { STRATEGIES } from '../../strategy/index.js';
import { CHANGE_CALLS, type ChangeCall, MOST_PAGES } from '../../strategy/permission-change.js';

export type KfenceMode = NonNullable<SyntheticMachine['kfence']>;
export const KFENCE_MODES: readonly KfenceMode[] = ['off', 'early', 'late'];

export interface WhatIf {
  granule: Granule;
  vaBits: number;
  /** Bytes of DRAM, one bank from PA 0. */
  memory: number;
  bbml2: boolean;
  rodata: Rodata;
  kfence: KfenceMode;
  /** A kernel image lies in memory. */
  image: boolean;
  /** Id of a strategy. */
  strategy: string;
  call: ChangeCall;
  pages: number;
  backing: Backing;
  /** Id of the core whose TLB the reach is of. */
  core: string;
}

/** A machine of the report's comparison: 256 GiB in blocks, and an area of vmalloc() made read-only. */
export const DEFAULT_WHAT_IF: WhatIf = {
  granule: 4096,
  vaBits: 48,
  memory: 2 ** 38,
  bbml2: true,
  rodata: 'full',
  kfence: 'off',
  image: true,
  strategy: 'page-basis',
  call: 'set_memory_ro',
  pages: 512,
  backing: 'huge-pmd',
  core: MAIN_CORE,
};

const PREFIX = '#what-if?';

/** Whether a hash holds a state; others lead to a section of the page. */
export function isWhatIfHash(hash: string): boolean {
  return hash.startsWith(PREFIX);
}

/** Every field by name, as the command line's options write it. */
export function fieldsOf(state: WhatIf) {
  return {
    granule: formatGranule(state.granule),
    'va-bits': `${state.vaBits}`,
    memory: formatSizeArgument(state.memory),
    bbml2: yesNo(state.bbml2),
    rodata: state.rodata,
    kfence: state.kfence,
    image: yesNo(state.image),
    strategy: state.strategy,
    call: state.call,
    pages: `${state.pages}`,
    backing: state.backing,
    core: state.core,
  };
}

/** The hash of a link that brings this state back. */
export function formatWhatIf(state: WhatIf): string {
  return `${PREFIX}${new URLSearchParams(fieldsOf(state))}`;
}

/** The state of a hash. What is missing, unknown or out of range is as in the default. */
export function parseWhatIf(hash: string): WhatIf {
  const fields = new URLSearchParams(isWhatIfHash(hash) ? hash.slice(PREFIX.length) : '');
  const oneOf = <T>(name: string, values: readonly T[], fallback: T, text: (value: T) => string = String) =>
    values.find((value) => text(value) === fields.get(name)) ?? fallback;
  const standard = DEFAULT_WHAT_IF;
  const granule = oneOf('granule', GRANULES, standard.granule, formatGranule);
  return {
    granule,
    vaBits: oneOf('va-bits', vaBitsOf(granule), usualVaBits(granule)),
    memory: parseMemory(fields.get('memory') ?? '') ?? standard.memory,
    bbml2: oneOf('bbml2', [true, false], standard.bbml2, yesNo),
    rodata: oneOf('rodata', RODATA, standard.rodata),
    kfence: oneOf('kfence', KFENCE_MODES, standard.kfence),
    image: oneOf('image', [true, false], standard.image, yesNo),
    strategy: oneOf('strategy', idsOf(STRATEGIES), standard.strategy),
    call: oneOf('call', CHANGE_CALLS, standard.call),
    pages: parsePages(fields.get('pages') ?? '') ?? standard.pages,
    backing: oneOf('backing', BACKINGS, standard.backing),
    core: oneOf('core', idsOf(CORES), standard.core),
  };
}

/** VA bits that distributions ship with a granule. */
export function usualVaBits(granule: Granule): number {
  return granule === 16384 ? 47 : 48;
}

/** Bytes of a size as people write it; null where it is none. */
export function parseMemory(text: string): number | null {
  try {
    const bytes = parseSize(text.trim());
    return bytes > 0 ? bytes : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A number of pages that one call may have; null for anything else. */
export function parsePages(text: string): number | null {
  const pages = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
  return pages >= 1 && pages <= MOST_PAGES ? pages : null;
}

function idsOf(all: readonly { id: string }[]): string[] {
  return all.map(({ id }) => id);
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
