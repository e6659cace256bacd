/** The shipped scenario that tests of imports send in parts, and what has to be said of its machine by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { captures } from './sent-files.js';

export const SCENARIO = '4k-bbml2/load-small';

export const GEOMETRY = { granule: 4096, vaBits: 48, midr: 0xc00fac30 } as const;

export const traceText = () => gunzipSync(readFileSync(join(captures, SCENARIO, 'trace.txt.gz'))).toString();

/** With one line in its middle that is no event. */
export const damagedTrace = () => traceText().replace(/\n.*\(update_range_prot\+.*\n/, '\nwhat is this?\n');
