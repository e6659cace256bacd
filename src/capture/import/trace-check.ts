// A trace read for its calls before it is copied: what cannot be replayed is refused now, with its line.
import type { Address } from '../../io/address.js';
import { streamChunks } from '../../io/chunks.js';
import { TraceReading } from '../trace-reading.js';
import { blameGivenAsync, type GivenFile } from './given-file.js';

/** The first changes tell as much of where the linear map is as all of them. */
const ENOUGH = 10_000;

/**
 * Reads all calls of a trace. Returns the addresses that the first changes are of, some of which may be in the linear
 * map: where nothing else does, they tell how many VA bits are in use.
 * @throws InputError naming the line that is no event, or an event whose arguments are not its function's
 */
export async function checkTrace(file: GivenFile, probes: ReadonlyMap<string, string>): Promise<Address[]> {
  return blameGivenAsync(file, async () => {
    const reading = new TraceReading(file.path, { probes });
    for await (const chunk of streamChunks(file.path)) reading.push(chunk);
    const addresses: Address[] = [];
    for (const call of reading.end().trace.calls) {
      if (call.kind === 'change' && call.start < 0) addresses.push(call.start);
      if (addresses.length >= ENOUGH) break;
    }
    return addresses;
  });
}
