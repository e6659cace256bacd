// A published figure beside what linmap says about it.

type Verdict = 'within' | 'outside' | 'not comparable';

export interface PublishedCheck {
  id: string;
  /** What was published, and on what. */
  what: string;
  published: number;
  estimated: number;
  unit: string;
  /** The deviation that still counts as agreement; null where the two are not the same thing. */
  withinPercent: number | null;
  /** Of the estimate from what was published, with its sign. */
  deviationPercent: number;
  verdict: Verdict;
  /** What to know before trusting the agreement, or blaming the difference. */
  note: string;
  source: string;
}

/** Judges an estimate by how far it lies from what was published, which must not be zero. */
export function judge(figures: Omit<PublishedCheck, 'deviationPercent' | 'verdict'>): PublishedCheck {
  const { published, estimated, withinPercent } = figures;
  const deviationPercent = ((estimated - published) / Math.abs(published)) * 100;
  return { ...figures, deviationPercent, verdict: verdictOn(deviationPercent, withinPercent) };
}

function verdictOn(deviationPercent: number, withinPercent: number | null): Verdict {
  if (withinPercent === null) return 'not comparable';
  return Math.abs(deviationPercent) <= withinPercent ? 'within' : 'outside';
}
