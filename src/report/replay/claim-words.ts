// How strong the claim of a replay is, in words.
import type { Claim } from '../../capture/claim.js';
import { formatCount } from '../number.js';

/** `checked against the map after`, `not checked: no map after; weakened: 3 events lost` */
export function claimWords({ checked, against, weakened, lostEvents }: Claim): string {
  const others = against.filter((name) => name !== 'after').join(', ');
  const words = checked
    ? 'checked against the map after'
    : `not checked: no map after${others === '' ? '' : ` (only on the way: ${others})`}`;
  if (!weakened) return words;
  const lost = lostEvents === null ? 'events lost, nobody knows how many' : lostWords(lostEvents);
  return `${words}; weakened: ${lost}`;
}

/** What else takes away from it: a sentence each, none where maps were read and nothing was assumed. */
export function reservations({ before, after, assumed }: Claim): string[] {
  const sentences: string[] = [];
  if (before === 'built') {
    sentences.push(
      'before.map.json was built, not read: what happened before the trace is not in it, and splits and tables are ' +
        'those of a machine that had just booted',
    );
  } else if (before === 'rebuilt') {
    sentences.push('before.map.json was rebuilt from a text: what the text does not show is assumed');
  }
  if (after === 'built') sentences.push('after.map.json was built, not read');
  if (after === 'rebuilt')
    sentences.push('after.map.json was rebuilt from a text: only what the text shows was compared');
  if (assumed.length > 0) sentences.push(`assumed in machine.json: ${assumed.join(', ')}`);
  return sentences;
}

function lostWords(events: number): string {
  return `${formatCount(events)} ${events === 1 ? 'event' : 'events'} lost`;
}
