// linmap capture and linmap capture-script, as processes.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { captureScript } from '../../src/capture/script/capture-script.js';
import { linmapVersion } from '../../src/cli/version.js';
import { readArchive } from '../capture/script/archive-reading.js';
import { FakeMachine } from '../capture/script/fake-machine.js';
import { scratchFolder } from '../scratch-folder.js';
import { linmap, linmapWith, main } from './linmap.js';

describe('linmap capture-script', () => {
  const script = captureScript(linmapVersion());

  test('prints the script', () => {
    expect(linmap('capture-script')).toEqual({ code: 0, stdout: script, stderr: '' });
  });

  test('writes it to a file', () => {
    const file = join(scratchFolder(), 'linmap-capture.sh');
    expect(linmap('capture-script', '-o', file)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(script);
  });
});

describe('linmap capture', () => {
  test('makes an archive; the command has the streams', () => {
    const machine = new FakeMachine();
    const { code, stdout, stderr } = linmapWith(
      machine.environment,
      ...['capture', '-o', machine.archivePath, '--', 'sh', '-c', 'echo said; exit 3'],
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'said\n' });
    expect(stderr).toMatch(/\nwrote .*capture\.tar\.gz /);
    const archive = readArchive(machine.archivePath);
    expect(archive.value('exit')).toBe('3');
    expect(archive.value('script')).toBe(linmapVersion());
    expect(machine.leftovers()).toEqual(['out/capture.tar.gz']);
  });

  test('passes its options on', () => {
    const machine = new FakeMachine();
    const { code, stdout } = linmapWith(machine.environment, 'capture', '-n', '-b', '77');
    expect(code).toBe(0);
    expect(stdout).toContain(', 77 KiB a CPU\n');
    const maps = linmapWith(machine.environment, 'capture', '--maps-only', '-o', machine.archivePath);
    expect(maps.code).toBe(0);
    expect(readArchive(machine.archivePath).files.has('trace.txt')).toBe(false);
  });

  test('a refusal is one line and 2', () => {
    const machine = new FakeMachine({ commands: { id: 'echo 1000' } });
    expect(linmapWith(machine.environment, 'capture', '-t', '1')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'linmap-capture: this must be run as root\n',
    });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: everything is removed before it ends', async (signal, code) => {
    const machine = new FakeMachine();
    const digest = machine.digest();
    const child = spawn(process.execPath, [main, 'capture', '-o', machine.archivePath, '-t', '50'], {
      env: machine.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await machine.heard(child, 'waiting');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(machine.digest()).toBe(digest);
    expect(machine.probesLeft()).toEqual([]);
    expect(machine.leftovers()).toEqual([]);
  });
});
