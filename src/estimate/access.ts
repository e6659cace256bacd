// An access, as streams, traces and the TLB simulation pass it: one 64-bit word.
//
//   | VA[63:12] | 0 (9 bits) | class (2) | write (1) |

/** What an access touches; the position is the class's number in a word. */
export const ACCESS_CLASSES = ['linearMap', 'otherKernel', 'user', 'instruction'] as const;
export type AccessClass = (typeof ACCESS_CLASSES)[number];

/** Numbers of the classes. */
export const CLASS: Readonly<Record<AccessClass, number>> = {
  linearMap: 0,
  otherKernel: 1,
  user: 2,
  instruction: 3,
};

/** Accesses in their order, and the instructions executed since the chunk before. */
export interface AccessChunk {
  words: BigUint64Array;
  instructions: number;
}
