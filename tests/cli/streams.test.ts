import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { describeFailure, EXIT } from '../../src/cli/failure.js';
import { startProgress } from '../../src/cli/progress.js';
import { scratchFolder } from '../scratch-folder.js';
import { linmapCommand, main, root } from './linmap.js';

const machine = ['--granule', '4K', '--va-bits', '48', '--memory'];

test('a reader that has seen enough is no error', () => {
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      `${linmapCommand} replay captures/4k-bbml2/load-small --json | head -c 1; echo " \${PIPESTATUS[0]}"`,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect({ stdout, stderr }).toEqual({ stdout: '{ 0\n', stderr: '' });
});

test.runIf(existsSync('/dev/full'))('a full disk under stdout is one line, and 2', () => {
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', `${linmapCommand} map ${machine.join(' ')} 1G > /dev/full`],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  expect(stderr).toMatch(/^stdout: expected a place to write, found ENOSPC[^\n]*\n$/);
  expect(status).toBe(2);
});

test('Ctrl-C ends with 130 and leaves no half-written file', async () => {
  const folder = scratchFolder();
  const interrupted = async (afterMs: number) => {
    const child = spawn(process.execPath, [main, 'map', ...machine, '1T', '--out', join(folder, 'map.json')]);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    await sleep(afterMs);
    child.kill('SIGINT');
    return ended;
  };
  // Before linmap listens, the signal itself ends the process; shells call that 130 too.
  let code: unknown = null;
  for (let afterMs = 200; code === null && afterMs < 10_000; afterMs *= 2) code = await interrupted(afterMs);
  expect(code).toBe(130);
  expect(readdirSync(folder)).toEqual([]);
});

describe('progress', () => {
  function recorder(isTTY: boolean) {
    const written: string[] = [];
    return { written, stream: { isTTY, columns: 20, write: (text: string) => written.push(text) } };
  }

  test('a terminal sees one line, rewritten, then gone', () => {
    const { written, stream } = recorder(true);
    const progress = startProgress({ stream });
    progress.report('first');
    progress.report('a second one that is longer');
    progress.end();
    expect(written).toEqual(['\r\x1b[Kfirst', '\r\x1b[Ka second one that i', '\r\x1b[K']);
  });

  test('elsewhere nothing is said for two seconds, then a line in two seconds', () => {
    const { written, stream } = recorder(false);
    let time = 0;
    const progress = startProgress({ stream, now: () => time });
    for (time = 0; time <= 5000; time += 500) progress.report(`at ${time}`);
    progress.end();
    expect(written).toEqual(['at 2000\n', 'at 4000\n']);
  });

  test('quiet is silent', () => {
    const { written, stream } = recorder(true);
    const progress = startProgress({ stream, quiet: true });
    progress.report('anything');
    progress.end();
    expect(written).toEqual([]);
  });
});

test('an error that nobody foresaw is a bug, with its stack', () => {
  const { exitCode, text } = describeFailure(new TypeError('oops'));
  expect(exitCode).toBe(EXIT.bug);
  expect(text).toMatch(/^linmap: this is a bug, please report it\nTypeError: oops\n {4}at /);
});
