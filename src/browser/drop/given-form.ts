// What a reader adds where the files do not say it: the most asked for of the options of linmap import.
import type { Given } from '../../capture/machine-facts/evidence.js';
import { RODATA, type Rodata, rodataLabel } from '../../machine/rodata.js';
import { formatGranule, GRANULES } from '../../machine/va-layout.js';
import { html, type Markup } from '../../report/page/html.js';
import { selectField } from '../fields.js';

const UNSAID = ['', 'as the files say'] as const;

export function givenMarkup(): Markup {
  const granules = GRANULES.map((value) => [`${value}`, formatGranule(value)] as const);
  const bits = [36, 39, 42, 47, 48, 52].map((value) => [`${value}`, `${value}`] as const);
  return html`<form class="controls" id="drop-given" autocomplete="off">
<fieldset><legend>Where the files do not say</legend>
${selectField('drop-granule', 'Granule', [UNSAID, ...granules], '')}
${selectField('drop-va-bits', 'VA bits', [UNSAID, ...bits], '')}
${selectField('drop-bbml2', 'CPUs', [UNSAID, ['yes', 'all with BBML2_NOABORT'], ['no', 'without']], '')}
${selectField('drop-rodata', 'rodata=', [UNSAID, ...RODATA.map((value) => [value, rodataLabel(value)] as const)], '')}
${selectField('drop-kfence', 'KFENCE', [UNSAID, ['off', 'not built in'], ['early', 'pool at boot'], ['late', 'may be switched on later']], '')}
</fieldset>
</form>`;
}

export function readGivenForm(form: HTMLElement): Given {
  const value = (name: string) => (form.querySelector(`#drop-${name}`) as HTMLSelectElement).value;
  const granule = GRANULES.find((one) => `${one}` === value('granule'));
  return {
    ...(granule !== undefined && { granule }),
    ...(value('va-bits') !== '' && { vaBits: Number(value('va-bits')) }),
    ...(value('bbml2') !== '' && { bbml2: value('bbml2') === 'yes' }),
    ...(value('rodata') !== '' && { rodata: value('rodata') as Rodata }),
    ...(value('kfence') !== '' && { kfence: value('kfence') as NonNullable<Given['kfence']> }),
  };
}
