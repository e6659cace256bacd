// What linmap tlb refuses, each in one line that says what was expected.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeTrace } from '../estimate/encode-trace.js';
import { scratchFolder } from '../scratch-folder.js';
import { root } from './linmap.js';
import { refusalHere } from './linmap-here.js';
import { ALL, core, dmCrypt, memory } from './tlb-arguments.js';

describe('what cannot be', () => {
  const stream = ['--stream', 'zipf'];

  test.each<[string, string[], string | RegExp]>([
    ['no core', [...memory, ...stream], "error: required option '--core <core>' not specified"],
    [
      'an unknown core',
      [...memory, ...stream, '--core', 'm7'],
      /^m7: expected a core file or one of cortex-a53, /,
    ],
    ['a core of something else', [...memory, ...stream, '--core', 'package.json'], /^package\.json:\d+: /],
    ['no stream', [...memory, ...core], 'error: expected --stream or --access-trace, found neither'],
    [
      'two streams',
      [...core, ...stream, '--access-trace', dmCrypt],
      /^error: option '--access-trace <file>' cannot be used with option '--stream /,
    ],
    [
      'a seed for a trace',
      [...core, '--access-trace', dmCrypt, '--seed', '2'],
      "error: option '--access-trace <file>' cannot be used with option '--seed <n>'",
    ],
    [
      'an unknown stream',
      [...memory, ...core, '--stream', 'zip'],
      /^error: expected a stream \(sequential, .*'zip'$/,
    ],
    [
      'an unknown parameter',
      [...memory, ...core, '--stream', 'zipf:t=1'],
      /^error: stream zipf: expected each of s=, .* at most once, found 't=1'$/,
    ],
    [
      'a parameter that is no number',
      [...memory, ...core, '--stream', 'zipf:s=steep'],
      "error: stream zipf: s: expected a number such as 0.99, found 'steep'",
    ],
    [
      'a working set that does not fit',
      [...memory, ...core, '--stream', 'zipf:size=1T'],
      'error: zipf:size=1T: expected a working set of at most 16 GiB of free memory, found 1 TiB',
    ],
    [
      'no accesses',
      [...memory, ...core, ...stream, '--accesses', '0'],
      "error: option '--accesses <n>' argument '0' is invalid. Expected a whole number from 1 to 999999999.",
    ],
    [
      'an unknown configuration',
      [...memory, ...core, ...stream, '--config', 'pages,block'],
      `error: expected --config of ${ALL.join(', ')}; found 'block'`,
    ],
    [
      'a configuration twice',
      [...memory, ...core, ...stream, '--config', 'pages,on,pages'],
      "error: option '--config <list>' argument 'pages,on,pages' is invalid. Expected each name once, found pages twice.",
    ],
    [
      'no machine',
      [...core, ...stream],
      /^error: expected --machine, or .* found no --granule, --va-bits, --memory$/,
    ],
    [
      'two machines',
      [...core, ...stream, '--capture', 'captures/4k-bbml2', '--memory', '4G'],
      "error: option '--capture <dir>' cannot be used with option '--memory <size>'",
    ],
    [
      'half a machine beside a trace that has one',
      [...core, '--access-trace', dmCrypt, '--image'],
      /; found no --granule, --va-bits, --memory$/,
    ],
    [
      'memory too small for the use assumed',
      [...core, ...stream, '--granule', '4K', '--va-bits', '48', '--memory', '16M'],
      /^--memory: no free block /,
    ],
    [
      'a capture that is not there',
      [...core, ...stream, '--capture', 'nowhere'],
      'nowhere: expected the folder of a captured machine or of one of its scenarios, found no such file or directory',
    ],
    [
      'a capture that is a file',
      [...core, ...stream, '--capture', 'package.json'],
      /^package\.json: .* found a file$/,
    ],
    [
      'the folder of all captures',
      [...core, ...stream, '--capture', 'captures'],
      /^captures: .* found neither machine\.json nor trace\.txt$/,
    ],
    [
      'a trace that is not there',
      [...core, '--access-trace', 'nowhere.bin.br'],
      'nowhere.bin.br: expected a readable file, found no such file or directory',
    ],
    [
      'a trace without a machine',
      [...core, '--access-trace', 'package.json'],
      /^error: expected --capture, --machine, or --granule, --va-bits and --memory; found no package\.json\.machine\.json/,
    ],
  ])('%s', async (_, args, line) => {
    const said = await refusalHere('tlb', ...args);
    if (typeof line === 'string') expect(said).toBe(line);
    else expect(said).toMatch(line);
  });

  const whole = readFileSync(join(root, dmCrypt));
  const trace = encodeTrace([{ accessClass: 2, write: false, page: 300n, instructions: 1n }]);

  test.each<[string, string, Uint8Array, RegExp]>([
    [
      'truncated',
      'a.bin.br',
      whole.subarray(0, 40_000),
      /expected complete brotli data, found the end at byte 40000$/,
    ],
    ['corrupt', 'a.bin.br', Buffer.from(whole).fill(0xff, 0, 8), /expected brotli data, found /],
    ['empty', 'a.bin.br', Buffer.alloc(0), /expected complete brotli data, found nothing$/],
    [
      'empty inside',
      'a.bin.br',
      brotliCompressSync(Buffer.alloc(0)),
      /byte 0: expected an access trace, found nothing$/,
    ],
    [
      'of something else',
      'a.bin',
      readFileSync(join(root, 'package.json')),
      /byte 0: expected a page that is /,
    ],
    ['cut in a record', 'a.bin', trace.subarray(0, -1), /byte 0: expected a whole record, found the end$/],
  ])('a trace that is %s', async (_, name, bytes, line) => {
    const file = join(scratchFolder(), name);
    writeFileSync(file, bytes);
    const said = await refusalHere('tlb', ...memory, ...core, '--access-trace', file, '--config', 'pages');
    expect(said.startsWith(`${file}: `)).toBe(true);
    expect(said).toMatch(line);
  });
});
