import { describe, expect, test } from 'vitest';
import { debugPageallocFrom, kernelParameter } from '../../src/machine/command-line.js';
import { type Rodata, rodataFromCommandLine, rodataLabel } from '../../src/machine/rodata.js';

describe('rodata= means what the kernel it is given to takes it for', () => {
  const uname =
    'Linux (none) 7.2.13+deb14-arm64 #1 SMP PREEMPT Debian 7.2.13-1 (2026-10-28) aarch64 GNU/Linux';
  test.each<[kernel: string, commandLine: string, rodata: Rodata]>([
    ['6.12.0', '', 'full'],
    ['6.12.0', 'quiet rodata=full', 'full'],
    ['6.12.0', 'rodata=on', 'on'],
    ['6.17.9-arm64', 'rodata=on', 'on'],
    ['6.12.0', 'rodata=off', 'off'],
    ['6.12.0', 'rodata=noalias', 'full'],
    ['5.10.0', 'rodata=on', 'on'],
    ['6.18.0', 'rodata=on', 'full'],
    ['6.18.0', 'rodata=noalias', 'on'],
    ['6.18.0', 'rodata=off', 'off'],
    ['6.18.0', 'rodata=full', 'full'],
    [uname, 'console=ttyAMA0 rodata=full', 'full'],
    [uname, 'rodata=noalias console=ttyAMA0', 'on'],
    [uname, 'rodata=maybe', 'full'],
    [uname, '', 'full'],
    ['', 'rodata=on', 'full'],
    ['', 'rodata=noalias', 'on'],
    [uname, 'rodata=off rodata=noalias', 'on'],
    [uname, 'norodata=off', 'full'],
    [uname, 'quiet -- rodata=off', 'full'],
  ])('%s, "%s"', (kernel, commandLine, rodata) => {
    expect(rodataFromCommandLine(commandLine, kernel)).toBe(rodata);
  });
});

test('labels carry both names', () => {
  expect(rodataLabel('full')).toBe('full (on since 6.18)');
  expect(rodataLabel('on')).toBe('on (noalias since 6.18)');
  expect(rodataLabel('off')).toBe('off');
});

test.each([
  ['debug_pagealloc=on', true],
  ['debug_pagealloc=1', true],
  ['debug_pagealloc=off', false],
  ['debug_pagealloc=0', false],
  ['debug_pagealloc', false],
  ['debug_pagealloc=on debug_pagealloc=off', false],
  ['', false],
])('"%s" switches DEBUG_PAGEALLOC on: %s', (commandLine, on) => {
  expect(debugPageallocFrom(commandLine)).toBe(on);
});

test('quotes hold a parameter with spaces together', () => {
  expect(kernelParameter('a="x rodata=off" rodata=on', 'rodata')).toBe('on');
  expect(kernelParameter('dyndbg="file a +p" q', 'dyndbg')).toBe('file a +p');
  expect(kernelParameter('quiet', 'rodata')).toBeNull();
});
