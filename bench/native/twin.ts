// A plain C twin as a process: compiled where there is a compiler, fed and asked through its standard input.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { modulePath } from '../../src/core/module.js';
import { packageFile } from '../../src/io/package-file.js';

export interface TwinSource {
  /** Folder of its C files, from the project's root. */
  folder: string;
  /** The file that includes all others; names the executable too. */
  main: string;
}

export interface Compiler {
  command: string;
  flags: readonly string[];
}

export const COMPILER: Compiler = { command: 'cc', flags: ['-O3', '-march=native', '-fno-strict-aliasing'] };

/**
 * The twin's executable in build/, compiled where sources, flags, compiler or CPU are not those of the one there.
 * @throws Error where the compiler rejects the source
 */
export function compiledTwin(source: TwinSource, compiler: Compiler): string | { skipped: string } {
  const main = packageFile(`${source.folder}/${source.main}`);
  if (main === null) return { skipped: `no ${source.folder}/${source.main}` };
  const version = compilerVersion(compiler.command);
  if (version === null) return { skipped: `no C compiler: ${compiler.command} is not there` };
  const folder = dirname(main);
  const hash = createHash('sha256');
  const sources = readdirSync(folder).filter((file) => /\.[ch]$/.test(file));
  for (const file of sources.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  // -march=native is another machine's elsewhere.
  hash.update([version, ...compiler.flags, process.arch, cpus()[0]?.model].join('\n'));
  const build = createHash('sha256')
    .update([compiler.command, ...compiler.flags].join(' '))
    .digest('hex');
  const prefix = `${source.main.replace(/\.c$/, '')}-native-${build.slice(0, 8)}-`;
  const name = prefix + hash.digest('hex').slice(0, 16);
  // Where the core is built.
  const outputs = dirname(modulePath());
  const executable = join(outputs, name);
  if (existsSync(executable)) return executable;
  compile(main, executable, compiler);
  const old = readdirSync(outputs).filter((file) => file.startsWith(prefix) && file !== name);
  for (const file of old) rmSync(join(outputs, file), { force: true });
  return executable;
}

/** First line of what the compiler says of itself; null where there is none. */
export function compilerVersion(command: string): string | null {
  const { error, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return error === undefined ? (stdout.split('\n')[0] ?? '') : null;
}

function compile(source: string, executable: string, { command, flags }: Compiler): void {
  mkdirSync(dirname(executable), { recursive: true });
  // Another process may be compiling it too: each has a file of its own, and renames it.
  const staged = `${executable}.${process.pid}`;
  try {
    const { status, stderr } = spawnSync(command, [...flags, '-o', staged, source], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} does not compile ${source}:\n${stderr}`);
    renameSync(staged, executable);
  } finally {
    rmSync(staged, { force: true });
  }
}

/** The twin's process. */
export class Twin {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;
  #complaint = '';

  /** @param words of the command line: what is started may be a tool that starts the twin */
  constructor(program: string, words: readonly string[] = []) {
    const child = spawn(program, words);
    this.#child = child;
    child.on('error', ({ message }) => (this.#complaint += message));
    child.stderr.setEncoding('utf8').on('data', (text) => (this.#complaint += text));
    // A twin that has ended is noticed when its answer fails to come.
    child.stdin.on('error', () => {});
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The numbers of the answer to one line of words, which `bytes` follow. */
  async ask(words: readonly (string | number | bigint)[], bytes?: Uint8Array): Promise<number[]> {
    return (await this.answer(words, bytes)).map(Number);
  }

  /** The same as it is written, for numbers that are no doubles. */
  async answer(words: readonly (string | number | bigint)[], bytes?: Uint8Array): Promise<string[]> {
    this.feed(Buffer.from(`${words.join(' ')}\n`));
    if (bytes !== undefined) this.feed(bytes);
    const { value, done } = await this.#lines.next();
    if (done) {
      await this.#closed;
      throw new Error(`the C twin has ended: ${this.#complaint.trim()}`);
    }
    return value.split(' ');
  }

  feed(bytes: Uint8Array): void {
    this.#child.stdin.write(bytes);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }
}

export function bytesOf(words: Uint32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
