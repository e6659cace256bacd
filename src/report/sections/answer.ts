// The answer in three sentences: what a permission change costs, what the map itself costs, and how sure that is.
import { totalTlbi } from '../../core/counters.js';
import { formatSize } from '../../io/size.js';
import type { Run } from '../../record/run.js';
import { totalBarriers } from '../barrier.js';
import { coreLabel } from '../labels.js';
import { MAIN_CORE } from '../main-core.js';
import { formatCount, formatRatio, formatSignificant } from '../number.js';
import { hugeAreaPair, memcachedMisses, tableMemoryPair } from './conclusion.js';

/** At most three; a sentence of which the run measured nothing is left out. */
export function answerSentences(run: Run): string[] {
  return [changeSentence(run), mapSentence(run), trustSentence(run)].filter((one) => one !== null);
}

function changeSentence(run: Run): string | null {
  const pair = hugeAreaPair(run);
  if (pair === null) return null;
  const { pageBasis, hugeSize } = pair;
  const counted = [
    ['descriptors stored', pageBasis.descriptorWrites, hugeSize.descriptorWrites],
    ['barriers', totalBarriers(pageBasis), totalBarriers(hugeSize)],
    ['TLBIs', totalTlbi(pageBasis), totalTlbi(hugeSize)],
  ] as const;
  const of = counted.map(([name, base]) => `${formatCount(base)} ${name}`);
  const than = counted.map(([, , huge]) => formatCount(huge));
  const ratios = counted.map(([, base, huge]) => formatRatio(base, huge));
  return (
    `Changed page by page, as Linux does it, a 2 MiB huge vmalloc area on a linear map of 4K blocks takes ${listed(of)}; ` +
    `changed as one huge unit, as proposed in June 2025, it takes ${listed(than)} ` +
    `(${listed(ratios)} as many on page basis): counted, not measured.`
  );
}

function mapSentence(run: Run): string | null {
  const memory = tableMemoryPair(run);
  const misses = memcachedMisses(run);
  const parts: string[] = [];
  if (memory !== null) {
    const blocks =
      memory.blocks === 0
        ? 'and in blocks none'
        : `${formatRatio(memory.pages, memory.blocks)} as much as in blocks (${formatSize(memory.blocks)})`;
    parts.push(`256 GiB mapped in 4K pages need ${formatSize(memory.pages)} of page tables, ${blocks}`);
  }
  if (misses !== null) {
    parts.push(
      `on ${coreLabel(MAIN_CORE)} ${run.options.quick ? 'the beginning of ' : ''}the memcached trace is estimated to have ` +
        `${formatSignificant(misses.pages)} kernel TLB misses per 1000 instructions with pages and ` +
        `${formatSignificant(misses.blocks)} with blocks`,
    );
  }
  if (parts.length === 0) return null;
  const [first = '', ...rest] = parts;
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${rest.map((one) => `, and ${one}`).join('')}.`;
}

function trustSentence(run: Run): string | null {
  const replays = run.replays.filter(({ equal }) => equal !== null);
  const judged = run.published.filter(({ verdict }) => verdict !== 'not comparable');
  const parts: string[] = [];
  if (replays.length > 0) {
    const equal = replays.filter((replay) => replay.equal).length;
    parts.push(
      `${formatCount(equal)} of ${formatCount(replays.length)} replays of real kernels end with exactly the kernel's own page tables`,
    );
  }
  if (judged.length > 0) {
    const within = judged.filter(({ verdict }) => verdict === 'within').length;
    parts.push(
      `${formatCount(within)} of ${formatCount(judged.length)} published figures are met within what was allowed`,
    );
  }
  return parts.length === 0 ? null : `${parts.join(', and ')}.`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
