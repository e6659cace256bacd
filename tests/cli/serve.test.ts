// linmap serve: one page on this machine alone, made anew when the record is another one.
import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startReportServer } from '../../src/cli/report-server.js';
import { sampleRun } from '../report/sample-run.js';
import { scratchFolder } from '../scratch-folder.js';
import { linmap, main, root } from './linmap.js';

async function served(record: string): Promise<{ url: string; said: string[] }> {
  const said: string[] = [];
  const server = await startReportServer({ port: 0, record, say: (line) => said.push(line) });
  onTestFinished(() => server.close());
  return { url: server.url, said };
}

function writeRecord(folder: string, version: string): void {
  const file = join(folder, 'run.json');
  writeFileSync(`${file}.tmp`, JSON.stringify({ ...sampleRun(), version }));
  renameSync(`${file}.tmp`, file);
}

test('the page follows the record', async () => {
  const folder = scratchFolder();
  const { url, said } = await served(join(folder, 'run.json'));
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(await (await fetch(url)).text()).toContain('There is no');
  const before = await (await fetch(`${url}version`)).text();
  writeRecord(folder, '0.1.0-first');
  expect(await (await fetch(url)).text()).toContain('linmap 0.1.0-first');
  const after = await (await fetch(`${url}version`)).text();
  expect(after).not.toBe(before);
  expect(await (await fetch(url)).text()).toContain(JSON.stringify(after));
  writeRecord(folder, '0.1.0-the-second');
  expect(await (await fetch(url)).text()).toContain('linmap 0.1.0-the-second');
  expect(said.join()).toContain('made anew');
});

test('a record that is none is told on the page, and the server goes on', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'run.json'), '{"schema": "<b>none</b>"}');
  const { url, said } = await served(join(folder, 'run.json'));
  const page = await (await fetch(url)).text();
  expect(page).toContain('&lt;b>none');
  expect(said).toHaveLength(1);
  writeRecord(folder, '0.1.0-again');
  expect(await (await fetch(url)).text()).toContain('linmap 0.1.0-again');
});

test('only what is known is answered, only to those who read, only under its own name', async () => {
  const folder = scratchFolder();
  writeRecord(folder, '0.1.0');
  const { url } = await served(join(folder, 'run.json'));
  for (const path of ['run.json', '../run.json', '%2e%2e/run.json', 'etc/passwd', 'version/']) {
    expect((await fetch(url + path)).status).toBe(404);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await fetch(url, { method })).status).toBe(405);
  }
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10_000);
  expect(await head.text()).toBe('');
  const { port } = new URL(url);
  const elsewhere = await new Promise<number | undefined>((resolve, reject) => {
    request({ host: '127.0.0.1', port, headers: { host: 'elsewhere.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(elsewhere).toBe(421);
});

test('a port in use is one line', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = linmap('serve', '--port', String(port), '--out', scratchFolder());
  expect(code).toBe(2);
  expect(stderr).toBe(`127.0.0.1:${port}: expected a free port, found one that is in use\n`);
});

test('Ctrl-C ends it with exit code 130', async () => {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--out', scratchFolder()], {
    cwd: root,
  });
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('http://127.0.0.1:')) resolve();
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await ready;
  child.kill('SIGINT');
  expect(await ended).toBe(130);
});
