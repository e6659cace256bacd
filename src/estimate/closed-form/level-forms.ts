// What can be written down of a stream's misses on a core's levels, which were empty before it.
import type { Core } from '../../core/core.js';
import type { FlatCoreModel } from '../../machine/cores/core-model.js';
import type { NoAnswer } from '../analytic/level-misses.js';
import { secondLevelData } from '../reach.js';
import type { StreamNature } from '../streams/index.js';
import type { StreamLaw } from '../streams/stream-law.js';
import { cyclicMisses } from './cyclic.js';
import { independentMisses } from './independent.js';
import { type Popularity, popularityOf } from './popularity.js';

/** Why there is no closed form. */
export type NoForm =
  | NoAnswer
  | Exclude<StreamNature['law'], StreamLaw>
  | 'tables among the leaves'
  | 'pages without a leaf'
  | 'too many units'
  | 'a short lap';

/** Misses for each access, or why not. */
export type LevelForm = { name: StreamLaw['name']; missRatio: number } | NoForm;

/** A lap comes back to its units this much more often than it leaves them: then it goes through them at random. */
const AT_RANDOM = 1.001;

/** A lap has one order: with fewer pages it may be a point away from what orders have on average (three sigma). */
const SHORT_LAP = 2 ** 15;
/** Tables of neighbours that are popular alike are not asked for equally often: these many do not matter. */
const FEW_TABLES = 1 / 8;
/** Of one table. */
const FEW_LEAVES = 2;

export function levelForms(
  core: Core,
  model: FlatCoreModel,
  law: StreamNature['law'],
  accesses: number,
): { l1: LevelForm; l2: LevelForm } {
  const l2 = secondLevelData(model);
  const all = (why: NoForm) => ({ l1: why, l2: why });
  if (typeof law === 'string') return all(law);
  if (model.aggregation > 1) return all('page aggregation');
  if (model.l1Data.policy !== 'lru') return all(model.l1Data.policy === 'fifo' ? 'FIFO' : 'tree-PLRU');
  const popularity = popularityOf(core, model, law);
  if (typeof popularity === 'string') return all(popularity);
  const shapes = { l1: model.l1Data, l2 };
  const { name, touches } = law;
  const form = (missRatio: number): LevelForm => ({ name, missRatio: missRatio / touches });
  const inTurn = name === 'cyclic' && popularity.changes <= AT_RANDOM * popularity.l1.set.length;
  if (name === 'cyclic' && !inTurn && law.pages < SHORT_LAP) return all('a short lap');
  const lap = name === 'cyclic' ? law.pages : Infinity;
  const ratios = inTurn
    ? cyclicMisses(popularity, law.pages, shapes, accesses / touches)
    : independentMisses(popularity, shapes.l1, shapes.l2, { lap, accesses: accesses / touches });
  const tables = popularity.tables.reduce((sum, { count }) => sum + count, 0);
  const unequal = name === 'Zipf' && law.inOrder && tables > FEW_TABLES * l2.entries;
  const crowded = unequal || (!inTurn && tablesCrowd(popularity, tables, l2.entries));
  return { l1: form(ratios.l1), l2: l2Form() };

  function l2Form(): LevelForm {
    if (l2.policy !== 'lru') return l2.policy === 'fifo' ? 'FIFO' : 'tree-PLRU';
    return ratios.l2 === null || crowded ? 'tables among the leaves' : form(ratios.l2);
  }
}

/**
 * Leaves would fit, but not with their tables: what stays hangs on what came first. Or tables have so few leaves each
 * that a leaf and its table come and go together, and not by chance.
 */
function tablesCrowd({ l2 }: Popularity, tables: number, entries: number): boolean {
  const leaves = l2.count.reduce((sum, count) => sum + count, 0);
  if (leaves <= entries) return leaves + tables > entries;
  return tables > FEW_TABLES * entries && leaves < FEW_LEAVES * tables;
}
