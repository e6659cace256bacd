// The commands that print the numbers of a choice.
import { formatSizeArgument } from '../../io/size.js';
import { formatGranule } from '../../machine/va-layout.js';
import { strategyOf } from '../../strategy/index.js';
import { isAreaCall } from '../../strategy/permission-change.js';
import type { WhatIf } from './state.js';

/** `linmap change …` as one would type it: counters, leaf sizes and tables before and after. */
export function changeCommandLine(state: WhatIf): string {
  const { call, pages, backing, strategy } = state;
  const area = isAreaCall(call) ? ['--backing', backing] : [];
  const change = ['--call', call, '--pages', `${pages}`, ...area, '--strategy', strategy];
  return ['linmap', 'change', ...machineOptions(state), ...change].join(' ');
}

/** `linmap map …`: the map before the change; null for a strategy whose kernel maps memory in another way. */
export function mapCommandLine(state: WhatIf): string | null {
  const boot = strategyOf(state.strategy)?.boot ?? {};
  if (Object.keys(boot).length > 0) return null;
  return ['linmap', 'map', ...machineOptions(state)].join(' ');
}

function machineOptions({ granule, vaBits, memory, bbml2, rodata, kfence, image }: WhatIf): string[] {
  return [
    '--granule',
    formatGranule(granule),
    '--va-bits',
    `${vaBits}`,
    '--memory',
    formatSizeArgument(memory),
    '--rodata',
    rodata,
    ...(bbml2 ? ['--bbml2'] : []),
    ...(kfence === 'off' ? [] : ['--kfence', kfence]),
    ...(image ? ['--image'] : []),
  ];
}
