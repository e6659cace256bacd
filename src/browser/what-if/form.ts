// The controls of "what if": labelled, in the order in which one decides, usable by keyboard alone.
import { formatSize, formatSizeArgument } from '../../io/size.js';
import type { Backing } from '../../kernel/page-allocator.js';
import { BACKINGS } from '../../kernel/page-allocator.js';
import { CORES } from '../../machine/cores/presets/catalogue.js';
import { RODATA, rodataLabel } from '../../machine/rodata.js';
import { formatGranule, GRANULES, vaBitsOf } from '../../machine/va-layout.js';
import { coreLabel } from '../../report/labels.js';
import { html, type Markup } from '../../report/page/html.js';
import { STRATEGIES } from '../../strategy/index.js';
import { CHANGE_CALLS, type ChangeCall, isAreaCall, MOST_PAGES } from '../../strategy/permission-change.js';
import { optionsOf, selectField } from '../fields.js';
import {
  fieldsOf,
  KFENCE_MODES,
  type KfenceMode,
  parseMemory,
  parsePages,
  usualVaBits,
  type WhatIf,
} from './state.js';

const CALL_LABELS: Readonly<Record<ChangeCall, string>> = {
  set_memory_ro: 'set_memory_ro(): module text, BPF programs',
  set_memory_rw: 'set_memory_rw()',
  set_memory_x: 'set_memory_x()',
  set_memory_nx: 'set_memory_nx()',
  set_memory_rox: 'set_memory_rox()',
  vfree: 'vfree() of an area with changed permissions: module unload',
  set_direct_map_valid_noflush: 'set_direct_map_valid_noflush(): pages in one call',
  set_direct_map_invalid_noflush: 'set_direct_map_invalid_noflush(): secretmem, page by page',
};

const BACKING_LABELS: Readonly<Record<Backing, string>> = {
  scattered: 'scattered: single pages (6.18 and earlier)',
  runs: 'runs: largest orders first (since 6.19)',
  'huge-pmd': 'huge: PMD-sized units',
  'huge-cont-pte': 'huge: contiguous PTE groups',
  'huge-cont-pmd': 'huge: contiguous PMD groups (hypothetical)',
};

const KFENCE_LABELS: Readonly<Record<KfenceMode, string>> = {
  off: 'not built in',
  early: 'pool at boot',
  late: 'may be switched on later',
};

const GIB = 2 ** 30;
const OFFERED_MEMORY = Array.from({ length: 15 }, (_, exponent) => GIB * 2 ** exponent);

export function formMarkup(state: WhatIf): Markup {
  const values = controlValues(state);
  return html`<form class="controls" id="what-if-form" autocomplete="off">
<fieldset><legend>Machine</legend>
${selectField(
  'what-if-granule',
  'Granule',
  GRANULES.map((value) => [`${value}`, formatGranule(value)]),
  values.granule,
)}
${selectField('what-if-va-bits', 'VA bits', vaBitsOptions(state), values['va-bits'])}
<label for="what-if-memory">Memory<input id="what-if-memory" list="what-if-memories" size="8" spellcheck="false" aria-describedby="what-if-status" value="${values.memory}"></label>
<datalist id="what-if-memories">${OFFERED_MEMORY.map((bytes) => html`<option value="${formatSizeArgument(bytes)}">${formatSize(bytes)}</option>`)}</datalist>
${selectField(
  'what-if-bbml2',
  'CPUs',
  [
    ['yes', 'all with BBML2_NOABORT'],
    ['no', 'without'],
  ],
  values.bbml2,
)}
${selectField(
  'what-if-rodata',
  'rodata=',
  RODATA.map((value) => [value, rodataLabel(value)]),
  values.rodata,
)}
${selectField(
  'what-if-kfence',
  'KFENCE',
  KFENCE_MODES.map((value) => [value, KFENCE_LABELS[value]]),
  values.kfence,
)}
${selectField(
  'what-if-image',
  'Kernel image',
  [
    ['yes', 'in memory, as it is'],
    ['no', 'left out: the ideal map'],
  ],
  values.image,
)}
</fieldset>
<fieldset><legend>Change</legend>
${selectField(
  'what-if-strategy',
  'Strategy',
  STRATEGIES.map(({ id, title }) => [id, title]),
  values.strategy,
)}
${selectField(
  'what-if-call',
  'Call',
  CHANGE_CALLS.map((call) => [call, CALL_LABELS[call]]),
  values.call,
)}
<label for="what-if-pages">Pages<input id="what-if-pages" type="number" min="1" max="${MOST_PAGES}" step="1" aria-describedby="what-if-status" value="${values.pages}"></label>
${selectField(
  'what-if-backing',
  'Memory of the area',
  BACKINGS.map((value) => [value, BACKING_LABELS[value]]),
  values.backing,
)}
${selectField(
  'what-if-core',
  'TLB of',
  CORES.map(({ id }) => [id, coreLabel(id)]),
  values.core,
)}
</fieldset>
</form>`;
}

/** What each control holds. */
function controlValues(state: WhatIf) {
  return { ...fieldsOf(state), granule: `${state.granule}` };
}

function vaBitsOptions({ granule }: Pick<WhatIf, 'granule'>): [string, string][] {
  return vaBitsOf(granule).map((bits) => [`${bits}`, `${bits}`]);
}

/** What a form holds that is no choice yet, in words. */
export class FormError extends Error {}

/** The controls as they stand in the page. */
export class WhatIfForm {
  constructor(private readonly form: HTMLFormElement) {}

  /** @param final false while somebody is still typing */
  onChange(take: (final: boolean) => void): void {
    this.form.addEventListener('input', ({ target }) => take(target instanceof HTMLSelectElement));
    this.form.addEventListener('change', () => take(true));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      take(true);
    });
  }

  /**
   * What is chosen, based on what was: another granule has other VA bits.
   * @throws FormError where a text is no size or no number of pages
   */
  read(before: WhatIf): WhatIf {
    const granule = GRANULES.find((value) => `${value}` === this.#value('granule')) ?? before.granule;
    if (granule !== before.granule) this.#offerVaBits(granule);
    const memory = parseMemory(this.#value('memory'));
    this.#mark('memory', memory === null);
    if (memory === null) throw new FormError('Memory: expected a size such as 256G, 1.5T or 64M.');
    const pages = parsePages(this.#value('pages'));
    this.#mark('pages', pages === null);
    if (pages === null) throw new FormError(`Pages: expected a whole number from 1 to ${MOST_PAGES}.`);
    const call = this.#value('call') as ChangeCall;
    this.#control('backing').toggleAttribute('disabled', !isAreaCall(call));
    return {
      granule,
      vaBits: Number(this.#value('va-bits')),
      memory,
      bbml2: this.#value('bbml2') === 'yes',
      rodata: this.#value('rodata') as WhatIf['rodata'],
      kfence: this.#value('kfence') as KfenceMode,
      image: this.#value('image') === 'yes',
      strategy: this.#value('strategy'),
      call,
      pages,
      backing: this.#value('backing') as Backing,
      core: this.#value('core'),
    };
  }

  /** Shows a choice that came from elsewhere. */
  show(state: WhatIf): void {
    this.#offerVaBits(state.granule);
    for (const [field, value] of Object.entries(controlValues(state))) this.#control(field).value = value;
    this.#control('backing').toggleAttribute('disabled', !isAreaCall(state.call));
  }

  #offerVaBits(granule: WhatIf['granule']): void {
    const control = this.#control('va-bits');
    control.innerHTML = optionsOf(vaBitsOptions({ granule }), `${usualVaBits(granule)}`).text;
  }

  #mark(field: string, wrong: boolean): void {
    if (wrong) this.#control(field).setAttribute('aria-invalid', 'true');
    else this.#control(field).removeAttribute('aria-invalid');
  }

  #value(field: string): string {
    return this.#control(field).value;
  }

  #control(field: string): HTMLInputElement | HTMLSelectElement {
    return this.form.querySelector(`#what-if-${field}`) as HTMLInputElement | HTMLSelectElement;
  }
}
