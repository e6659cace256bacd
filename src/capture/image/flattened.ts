// makedumpfile's flattened format (-F): what it would have written at places of a file, as a stream of records.
//
//   0      "makedumpfile", zeros to 16; type, version (8 bytes each, big-endian, as all numbers here)
//   4096   records: offset, size (8 bytes each), then the bytes; offset -1 ends
//
// A later record overwrites an earlier one.
import { InputError } from '../../io/input-error.js';
import { type ImageSource, readExactly } from './image-source.js';

const SIGNATURE = 'makedumpfile\0\0\0\0';
const FIRST_RECORD = 4096;
const RECORD_HEAD = 16;
/** A record's size is a buffer of makedumpfile's, some MiB at most. */
const MOST_RECORD = 2 ** 32;

interface Piece {
  /** Where the bytes belong, and how many they are. */
  start: number;
  end: number;
  /** Where they lie in the flattened file. */
  at: number;
}

export function isFlattened(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(0, SIGNATURE.length)) === SIGNATURE;
}

/** The file that a flattened one describes. Its records are indexed once; their bytes stay where they are. */
export class FlattenedSource implements ImageSource {
  readonly name: string;
  readonly live: boolean;
  readonly size: number;
  /** Ascending, without overlaps. */
  readonly #pieces: readonly Piece[];

  /** @throws InputError where a record is cut short or nonsense. */
  constructor(private readonly flat: ImageSource) {
    this.name = flat.name;
    this.live = flat.live;
    this.#pieces = latestPieces(readRecords(flat));
    this.size = this.#pieces.at(-1)?.end ?? 0;
  }

  read(into: Uint8Array, position: number): number {
    const wanted = Math.min(into.length, this.size - position);
    if (wanted <= 0) return 0;
    let index = this.#firstEndingAfter(position);
    let done = 0;
    while (done < wanted) {
      const here = position + done;
      const piece = this.#pieces[index];
      if (piece === undefined) break;
      if (here < piece.start) {
        // Nothing was written here: a hole, which reads as zeros.
        const bytes = Math.min(piece.start - here, wanted - done);
        into.fill(0, done, done + bytes);
        done += bytes;
        continue;
      }
      const bytes = Math.min(piece.end - here, wanted - done);
      const part = into.subarray(done, done + bytes);
      readExactly(this.flat, part, piece.at + here - piece.start, 'a flattened record');
      done += bytes;
      index++;
    }
    return done;
  }

  close(): void {
    this.flat.close();
  }

  #firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pieces[middle]?.end ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function readRecords(flat: ImageSource): Piece[] {
  const records: Piece[] = [];
  const head = new Uint8Array(RECORD_HEAD);
  const view = new DataView(head.buffer);
  for (let at = FIRST_RECORD; ; ) {
    readExactly(flat, head, at, 'the head of a flattened record');
    const start = Number(view.getBigInt64(0));
    const size = Number(view.getBigInt64(8));
    if (start === -1) return records;
    if (start < 0 || size <= 0 || size > MOST_RECORD || start + size > Number.MAX_SAFE_INTEGER) {
      const place = `0x${at.toString(16)}`;
      throw new InputError(
        flat.name,
        null,
        `expected a flattened record at offset ${place}, found offset ${start} and size ${size}`,
      );
    }
    at += RECORD_HEAD;
    records.push({ start, end: start + size, at });
    at += size;
  }
}

/** What is left of each record when later ones have overwritten it, ascending. */
function latestPieces(records: readonly Piece[]): Piece[] {
  const edges = [...new Set(records.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const sorted = records
    .map((piece, order) => ({ piece, order }))
    .sort((a, b) => a.piece.start - b.piece.start);
  const pieces: Piece[] = [];
  let next = 0;
  let open: typeof sorted = [];
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1];
    if (end === undefined) break;
    open = open.filter(({ piece }) => piece.end > start);
    for (let record = sorted[next]; record && record.piece.start <= start; record = sorted[next]) {
      open.push(record);
      next++;
    }
    const [first, ...others] = open;
    if (first === undefined) continue;
    const { piece } = others.reduce((latest, one) => (one.order > latest.order ? one : latest), first);
    pieces.push({ start, end, at: piece.at + start - piece.start });
  }
  return pieces;
}
