// What the map that a workload leaves costs afterwards, as data.

/** One comparison that succeeded: page-table walks of access streams over the map that it left. Estimated by simulation. */
export interface LaterCostRecord {
  granule: number;
  vaBits: number;
  configuration: string;
  workload: string;
  strategy: string;
  core: string;
  /** Bytes that the streams touch: naturally aligned blocks of a contiguous PMD group around what was changed. */
  placeBytes: number;
  costs: LaterCost[];
}

/** Walk cycles for each 1000 instructions of one access stream. */
export interface LaterCost {
  stream: string;
  /** On the map that the strategy's kernel boots with. */
  fresh: number;
  /** On the map that is left. */
  left: number;
}
