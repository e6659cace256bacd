// Requests and responses over TCP, as pages of the linear map see them. Assumed throughout: which objects a request
// touches follows tcp_v4_rcv(), tcp_recvmsg() and tcp_sendmsg(); how many pages they spread over is a parameter.
import { CLASS } from '../access.js';
import type { AccessWriter } from './access-writer.js';
import type { MemoryPages } from './memory-pages.js';
import type { Random } from './random.js';
import { type StreamKind, sizeParameter } from './stream-kind.js';
import { ZipfRanks } from './zipf-ranks.js';

/** struct tcp_sock; the socket's inode and file; the epoll item. */
const PAGES_PER_SOCKET = 3;

/** A part of the working set. */
class Pool {
  #next = 0;

  constructor(
    readonly pages: MemoryPages,
    readonly first: number,
    readonly count: number,
  ) {}

  at(index: number): number {
    return this.pages.va(this.first + index);
  }

  /** A page ring: the one unused for longest. */
  inTurn(): number {
    const va = this.at(this.#next);
    this.#next = (this.#next + 1) % this.count;
    return va;
  }

  /** Any page: slab objects that are freed and taken again. */
  any(random: Random): number {
    return this.at(random.below(this.count));
  }
}

type NetworkParameter = 'connections' | 's' | 'locality' | 'heads' | 'ring' | 'values' | 'touches';

export const network: StreamKind<NetworkParameter> = {
  name: 'network',
  text: 'requests and responses: packet pages, skb heads and sockets in slab pages, values',
  parameters: {
    connections: {
      kind: 'count',
      default: 64,
      least: 1,
      most: 2 ** 24,
      text: 'TCP connections, 3 slab pages each',
    },
    s: {
      kind: 'number',
      default: 0.9,
      least: 0.01,
      most: 10,
      text: 'Zipf exponent of connections and values',
    },
    locality: {
      kind: 'number',
      default: 0.5,
      most: 1,
      text: 'probability that a connection sends the next request too',
    },
    heads: {
      kind: 'count',
      default: 32,
      least: 1,
      most: 2 ** 24,
      text: 'slab pages that skb heads come from',
    },
    ring: {
      kind: 'count',
      default: 512,
      least: 1,
      most: 2 ** 24,
      text: 'pages that packets go through in turn',
    },
    values: sizeParameter(64 * 2 ** 20, 'bytes that values are copied from'),
    touches: {
      kind: 'count',
      default: 4,
      least: 1,
      most: 64,
      text: 'times a request comes back to its socket',
    },
  },
  // Records of the shipped memcached trace: 0.56, 0.25 and 0.54 for each of class 0; 4.6 instructions a record.
  company: { kernel: 0.56, user: 0.25, code: 0.54, instructions: 4.6 },
  start({ connections, s, locality, heads, ring, values, touches }, place) {
    const { random } = place;
    const valuePages = place.pagesOf(values);
    const socketPages = connections * PAGES_PER_SOCKET;
    const pages = place.pages(socketPages + heads + ring + valuePages, 1);
    const sockets = new Pool(pages, 0, socketPages);
    const headPool = new Pool(pages, socketPages, heads);
    const packets = new Pool(pages, socketPages + heads, ring);
    const valuePool = new Pool(pages, socketPages + heads + ring, valuePages);
    const popularSockets = new ZipfRanks(connections, s);
    const popularValues = new ZipfRanks(valuePages, s);
    let connection = 0;

    const touchSocket = (to: AccessWriter, part: number, write: boolean) =>
      to.touch(sockets.at(connection * PAGES_PER_SOCKET + part), CLASS.linearMap, write);
    return (to) => {
      if (random.fraction() >= locality) connection = popularSockets.next(random) - 1;
      for (const sending of [false, true]) {
        const packet = packets.inTurn();
        const head = headPool.any(random);
        to.touch(head, CLASS.linearMap, true);
        to.touch(packet, CLASS.linearMap, sending);
        for (let i = 0; i < touches; i++) {
          touchSocket(to, i % PAGES_PER_SOCKET, i === 0);
          to.touch(head, CLASS.linearMap, i === 0);
        }
        if (sending) to.touch(valuePool.at(popularValues.next(random) - 1));
        to.touch(packet, CLASS.linearMap, sending);
      }
    };
  },
};
