// What comes of a choice: the machine is booted and changed once for each strategy, by the code of `linmap change`.
import type { Core } from '../../core/core.js';
import { reachOfLeaves } from '../../estimate/reach.js';
import { type FlatCoreModel, flatten } from '../../machine/cores/core-model.js';
import { CORES } from '../../machine/cores/presets/catalogue.js';
import type { Machine } from '../../machine/machine.js';
import { describeMachine } from '../../machine/synthetic.js';
import { leavesOfCore } from '../../map/core-map.js';
import type { LinearMap } from '../../map/linear-map.js';
import { type MapPicture, mapPicture } from '../../report/picture/map-picture.js';
import { STRATEGIES } from '../../strategy/index.js';
import {
  type ChangeRequest,
  type ChangeResult,
  changePermissions,
} from '../../strategy/permission-change.js';
import type { WhatIf } from './state.js';

/** The seed of `linmap change` where none is given. */
const SEED = 1;

export interface Outcome {
  machine: Machine;
  request: ChangeRequest;
  /** All strategies, in the order of reports. */
  results: ChangeResult[];
  chosen: ChangeResult;
  /** Of the chosen strategy: bytes that the second level of the chosen core's TLB covers at most. */
  reach: { before: number; after: number };
  /** The linear map that the chosen strategy leaves. */
  map: LinearMap;
  picture: MapPicture;
}

/**
 * Builds the machine, makes the change with every strategy, and looks at what the chosen one leaves; the core holds it.
 * @throws RangeError with what is wrong, where the choice makes no machine or has no room for the change
 */
export function outcomeOf(core: Core, state: WhatIf): Outcome {
  const { granule, vaBits, memory, bbml2, rodata, kfence, image, call, pages, backing } = state;
  const machine = describeMachine({ granule, vaBits, memory, bbml2, rodata, kfence, image });
  const request = { call, pages, backing, seed: SEED };
  const last = STRATEGIES.find(({ id }) => id === state.strategy);
  if (last === undefined) throw new RangeError(`${state.strategy} is no strategy`);
  const others = STRATEGIES.filter((strategy) => strategy !== last);
  const results = [...others, last].map((strategy) => changePermissions(core, machine, strategy, request));
  results.sort((a, b) => STRATEGIES.indexOf(a.strategy) - STRATEGIES.indexOf(b.strategy));
  const chosen = results.find(({ strategy }) => strategy === last) as ChangeResult;
  const map = leavesOfCore(core);
  const model = coreModel(state.core);
  return {
    machine,
    request,
    results,
    chosen,
    reach: {
      before: reachOfLeaves(chosen.before.leafBytes, core.geometry, model),
      after: reachOfLeaves(chosen.after.leafBytes, core.geometry, model),
    },
    map,
    picture: mapPicture(map, core.bits, { name: `${machine.name}, after the change` }),
  };
}

function coreModel(id: string): FlatCoreModel {
  const core = CORES.find((one) => one.id === id);
  if (core === undefined) throw new RangeError(`${id} is no core`);
  return flatten(core);
}
