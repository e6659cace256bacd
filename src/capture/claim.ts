// How much a replay can claim: whether a map after it was compared, and what takes away from that.
import type { MapOrigin } from './import/machine-maps.js';
import type { Provenance } from './provenance.js';
import type { Replay } from './replay.js';
import type { Scenario } from './scenario.js';

export interface Claim {
  /** The replay was compared with the map after the trace. */
  checked: boolean;
  /** All maps that it was compared with, by name. */
  against: string[];
  /** Events are missing: neither agreement nor a difference proves anything. */
  weakened: boolean;
  /** 0 where none; null where the tracer does not say how many. */
  lostEvents: number | null;
  /** Where the map is from that the replay began with, and the one after it; null where there is none. */
  before: MapOrigin;
  after: MapOrigin | null;
  /** Fields of machine.json that were assumed. */
  assumed: string[];
}

export function claimOf(scenario: Scenario, replay: Replay, { maps, assumed }: Provenance): Claim {
  const against = replay.snapshots.map(({ name }) => name);
  const { lostEvents } = scenario.summary;
  const weakened = scenario.lost.length > 0 || lostEvents > 0;
  return {
    checked: against.includes('after'),
    against,
    weakened,
    lostEvents: weakened && lostEvents === 0 ? null : lostEvents,
    before: maps.get('before') ?? 'read',
    after: scenario.snapshots.has('after') ? (maps.get('after') ?? 'read') : null,
    assumed,
  };
}
