// The maps that one access stream is laid over: the same machine as each rodata= setting and CPU would have it, fresh
// and after use.
import { replay, replayAs } from '../capture/replay.js';
import type { Scenario } from '../capture/scenario.js';
import type { Core } from '../core/core.js';
import { bootLinearMap } from '../kernel/boot.js';
import { Kernel } from '../kernel/kernel.js';
import type { Machine } from '../machine/machine.js';
import { STRATEGIES, strategyOf } from '../strategy/index.js';
import { pageBasis } from '../strategy/page-basis.js';
import { wear } from './wear.js';

/** A machine's memory, mapped in one way. */
export interface LaidOut {
  /** Stable name in JSON and charts. */
  id: string;
  title: string;
  /** Leaves the map in the core. @throws RangeError where the machine has no room for it. */
  layOut(core: Core): void;
}

const FRESH = {
  pages: { title: 'rodata=full, no BBML2: pages', rodata: 'full', bbml2: false },
  blocks: { title: 'rodata=full, BBML2: blocks, fresh', rodata: 'full', bbml2: true },
  on: { title: 'rodata=on: blocks that are never split', rodata: 'on', bbml2: true },
} as const;

/**
 * All configurations of a machine: `pages`, `blocks`, `blocks-after`, `on`, and one for what each strategy leaves.
 * @param scenario its machine is the one; `blocks-after` and the strategies end where its trace ends. Without one
 *   they end after `wear()`.
 */
export function configurationsOf(machine: Machine, scenario: Scenario | null): LaidOut[] {
  const after = scenario ? `after ${scenario.machineName}/${scenario.name}` : 'after use';
  const worn = (strategyId: string) => (core: Core) => {
    const strategy = strategyOf(strategyId) ?? pageBasis;
    if (scenario) replayAs(core, scenario, strategy);
    else wear(new Kernel(core, asConfigured(machine, 'full', true), strategy));
  };
  return [
    fresh(machine, 'pages'),
    fresh(machine, 'blocks'),
    {
      id: 'blocks-after',
      title: `rodata=full, BBML2: blocks, ${after}`,
      layOut: (core) => {
        if (scenario) replay(core, scenario);
        else worn(pageBasis.id)(core);
      },
    },
    fresh(machine, 'on'),
    ...STRATEGIES.map(({ id, title }) => ({ id, title: `${title}, ${after}`, layOut: worn(id) })),
  ];
}

function fresh(machine: Machine, id: keyof typeof FRESH): LaidOut {
  const { title, rodata, bbml2 } = FRESH[id];
  return { id, title, layOut: (core) => bootLinearMap(core, asConfigured(machine, rodata, bbml2), 'final') };
}

/** The same machine with another command line and CPU. A late KFENCE would have `on` in pages without BBML2. */
function asConfigured(machine: Machine, rodata: Machine['rodata'], bbml2: boolean): Machine {
  return { ...machine, rodata, bbml2, bbml2AllCpus: bbml2, linearMapRequiresBbml2: null };
}
