// The server behind linmap serve: one page, and the news that there is another. Nothing on disk can be asked for.
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../io/input-error.js';
import { readRun } from '../record/read-run.js';
import { makeReport } from './report.js';

const HOST = '127.0.0.1';
/** Between two looks at the record, in milliseconds: records are renamed into place, so one look finds all of it. */
const LOOK_EVERY = 500;
const NO_RECORD = 'no run';

/** Asks for the version that is served; another one than that of the page loads the page anew. */
const LIVE_SCRIPT = (version: string) => `
(() => {
  const shown = ${JSON.stringify(version)};
  const look = async () => {
    try {
      const answer = await fetch('/version', { cache: 'no-store' });
      if (answer.ok && (await answer.text()) !== shown) { location.reload(); return; }
    } catch { /* The server has ended or is not up yet. */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();`;

interface ReportServerOptions {
  port: number;
  /** Path of run.json. */
  record: string;
  /** Told what goes on, a line each. */
  say(line: string): void;
}

export interface ReportServer {
  url: string;
  close(): Promise<void>;
}

/** @throws InputError where the port is in use or not allowed */
export async function startReportServer(options: ReportServerOptions): Promise<ReportServer> {
  const source = new PageSource(options);
  const server = createServer((request, response) => {
    answer(source, request, response).catch((error: unknown) => {
      options.say(`serve: ${error instanceof Error ? error.message : String(error)}`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end();
    });
  });
  await listen(server, options.port);
  const timer = setInterval(() => void source.look(), LOOK_EVERY);
  await source.look();
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The page of the record as it is now; made once for each state of the file. */
class PageSource {
  #version: string | null = null;
  #page = '';
  #making: Promise<void> = Promise.resolve();

  constructor(private readonly options: ReportServerOptions) {}

  /** Size and time of the record that the page is of. */
  get version(): string {
    return this.#version ?? NO_RECORD;
  }

  get page(): string {
    return this.#page;
  }

  /** Makes the page anew where the record is another one; never two at once. */
  look(): Promise<void> {
    this.#making = this.#making.then(() => this.#make());
    return this.#making;
  }

  async #make(): Promise<void> {
    const { record, say } = this.options;
    const status = statSync(record, { throwIfNoEntry: false });
    const version = status === undefined ? NO_RECORD : `${status.mtimeMs} ${status.size}`;
    if (version === this.#version) return;
    const live = { script: LIVE_SCRIPT(version) };
    if (status === undefined) {
      this.#page = emptyPage(`There is no ${record} yet: npm run bench makes it.`, live.script);
    } else {
      try {
        const { page, missing } = await makeReport(readRun(record), { live });
        this.#page = page;
        if (this.#version !== null) say(`serve: ${record} is new, the page was made anew`);
        else if (missing !== null) say(`warning: ${missing}`);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        say(error.message);
        this.#page = emptyPage(error.message, live.script);
      }
    }
    this.#version = version;
  }
}

async function answer(source: PageSource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const head = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-type': 'text/plain; charset=utf-8',
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...head, allow: 'GET, HEAD' }).end();
    return;
  }
  // A name that leads here only by a trick of DNS is not answered: pages elsewhere must not read this one.
  if (!isLocal(request.headers.host)) {
    response.writeHead(421, head).end();
    return;
  }
  const [path] = (request.url ?? '/').split('?');
  const body = await bodyOf(source, path);
  if (body === null) {
    response.writeHead(404, head).end(request.method === 'HEAD' ? undefined : 'not found\n');
    return;
  }
  const bytes = Buffer.from(body.text);
  response.writeHead(200, { ...head, 'content-type': body.type, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function bodyOf(source: PageSource, path = '/'): Promise<{ text: string; type: string } | null> {
  switch (path) {
    case '/':
    case '/report.html':
      await source.look();
      return { text: source.page, type: 'text/html; charset=utf-8' };
    case '/version':
      return { text: source.version, type: 'text/plain; charset=utf-8' };
    default:
      return null;
  }
}

function isLocal(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'one that is in use' : error.message;
      reject(new InputError(`${HOST}:${port}`, null, `expected a free port, found ${reason}`));
    });
    server.listen(port, HOST, resolve);
  });
}

function emptyPage(text: string, script: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>linmap</title></head>
<body><p>${escaped}</p><script>${script.replaceAll('</', '<\\/')}</script></body></html>
`;
}
