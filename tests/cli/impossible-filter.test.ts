// Filters that no leaf can pass.
import { expect, test } from 'vitest';
import { refusalHere } from './linmap-here.js';

test.each([
  ['--permission', 'ro,rw', 'Expected ro or rw, found both, which no leaf is.'],
  ['--permission', 'exec,ro,noexec', 'Expected exec or noexec, found both, which no leaf is.'],
  ['--permission', 'invalid,valid', 'Expected valid or invalid, found both, which no leaf is.'],
  ['--permission', 'ro,ro', 'Expected each name once, found ro twice.'],
  ['--level', 'pmd,pmd', 'Expected each name once, found pmd twice.'],
])('%s %s', async (option, text, expected) => {
  expect(await refusalHere('inspect', 'captures/4k-bbml2', option, text)).toMatch(
    new RegExp(
      `^error: option '${option} <list>' argument '${text}' is invalid\\. ${expected.replace('.', '\\.')}$`,
    ),
  );
});
