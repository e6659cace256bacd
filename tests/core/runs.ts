/** How often a property is tried: `n`, or `n` times LINMAP_RUNS where that is set. */
export function runs(n: number): number {
  return Math.max(1, Math.round(n * Number(process.env.LINMAP_RUNS ?? 1)));
}
