/**
 * Workloads without those that differ from another only in a smaller number at the end: of `direct-map-1` …
 * `direct-map-512` the last shows the difference between strategies best.
 */
export function largestOfFamilies(workloads: Iterable<string>): Set<string> {
  const largest = new Map<string, { workload: string; size: number }>();
  for (const workload of workloads) {
    const [, family = workload, digits = '0'] = /^(.*)-(\d+)$/.exec(workload) ?? [];
    const size = Number(digits);
    if (size >= (largest.get(family)?.size ?? 0)) largest.set(family, { workload, size });
  }
  return new Set([...largest.values()].map(({ workload }) => workload));
}
