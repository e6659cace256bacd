import { expect, test } from 'vitest';
import { roleOf } from '../../../src/capture/import/role.js';

test.each<[string, string | null]>([
  ['linmap-capture/before/kernel_page_tables', 'before'],
  ['linmap-capture/after/tables.elf', 'after'],
  ['linmap-capture/system/iomem', null],
  ['capture/load-small/before.map.json.gz', 'before'],
  ['capture/boot.map.json', 'boot'],
  ['kfence-late/on.map.json', 'on'],
  ['texts/kernel_page_tables.held.txt.gz', 'held'],
  ['texts/kernel_page_tables.on.txt', 'on'],
  ['texts/kernel_page_tables.txt', null],
  ['x/ptdump-AFTER.txt', 'after'],
  ['x/pre_tables.txt', 'before'],
  ['x/post.elf', 'after'],
  // A word within a word is none, nor is part of a folder's name; the file goes before its folder.
  ['x/reboot-aftermath.txt', null],
  ['before-lunch/tables.txt', null],
  ['before/tables-after.txt', 'after'],
  ['after/run/tables.txt', 'after'],
  ['x/constructor.txt', null],
])('%s is %s', (path, role) => {
  expect(roleOf(path)).toBe(role);
});
