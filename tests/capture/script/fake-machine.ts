// An arm64 machine made of plain files, for the capture script: LINMAP_ROOT points there, and a few commands in front
// of PATH stand for the kernel's answers (uname, id) and for what tracefs does when a directory is made or removed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captureScript } from '../../../src/capture/script/capture-script.js';
import { scratchFolder } from '../../scratch-folder.js';
import { type Archive, readArchive, walk } from './archive-reading.js';
import { defaultFiles, HEADER, RELEASE, STATS, SYMBOLS_7_2 } from './fake-files.js';

export interface Options {
  symbols?: readonly string[];
  /** Files below the root, by path; null takes away one that is there otherwise. */
  files?: Record<string, string | Buffer | null>;
  /** Commands in front of PATH, by name. */
  commands?: Record<string, string>;
  /** Environment of the script. */
  environment?: NodeJS.ProcessEnv;
}

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export class FakeMachine {
  readonly folder = scratchFolder();
  readonly root = join(this.folder, 'root');
  readonly tracing = join(this.root, 'sys/kernel/tracing');
  readonly archivePath = join(this.folder, 'out', 'capture.tar.gz');
  readonly scratch = join(this.folder, 'scratch');
  readonly #environment: NodeJS.ProcessEnv;
  readonly #script = join(this.folder, 'linmap-capture.sh');

  constructor({ symbols = SYMBOLS_7_2, files = {}, commands = {}, environment = {} }: Options = {}) {
    for (const name of ['out', 'scratch', 'bin', 'instance']) mkdirSync(join(this.folder, name));
    const given = { ...defaultFiles(symbols), ...files };
    for (const [path, content] of Object.entries(given)) {
      if (content !== null) write(join(this.root, path), content);
    }
    for (const [name, text] of Object.entries({ ...this.#kernel(), ...commands })) this.command(name, text);
    writeFileSync(this.#script, captureScript('0.0.0-test'));
    this.#environment = {
      ...process.env,
      ...environment,
      LINMAP_ROOT: this.root,
      TMPDIR: this.scratch,
      PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`,
    };
  }

  get environment(): NodeJS.ProcessEnv {
    return this.#environment;
  }

  command(name: string, text: string): void {
    const path = join(this.folder, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  }

  run(shell: readonly string[], ...words: string[]): Run {
    const [program = '', ...first] = shell;
    const { status, stdout, stderr, error } = spawnSync(program, [...first, this.#script, ...words], {
      cwd: join(this.folder, 'out'),
      encoding: 'utf8',
      env: this.#environment,
    });
    if (error) throw error;
    return { code: status, stdout, stderr };
  }

  /** Starts a capture that takes long; in a process group of its own, so that a signal can be sent to all of it. */
  start(shell: readonly string[], ...words: string[]): ChildProcess {
    const [program = '', ...first] = shell;
    const child = spawn(program, [...first, this.#script, ...words], {
      cwd: join(this.folder, 'out'),
      env: this.#environment,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return child;
  }

  /** Captures with `-o` and gives the archive. Throws where it failed. */
  capture(shell: readonly string[], ...words: string[]): Archive & Run {
    const run = this.run(shell, '-o', this.archivePath, ...words);
    if (run.code !== 0) throw new Error(`exit code ${run.code}: ${run.stderr}`);
    return { ...run, ...readArchive(this.archivePath) };
  }

  /** Probes that were added, and not removed, in what kprobe_events was told. */
  probesLeft(): string[] {
    const left = new Set<string>();
    for (const line of this.probeLines()) {
      const [, kind = '', event = ''] = /^([pr]\d*|-):(\S+)/.exec(line) ?? [];
      if (kind === '-') left.delete(event);
      else left.add(event);
    }
    return [...left];
  }

  probeLines(): string[] {
    const path = join(this.tracing, 'kprobe_events');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** A digest of every file but kprobe_events, which keeps the lines that a kernel would have taken in. */
  digest(): string {
    const hash = createHash('sha256');
    for (const path of walk(this.root)) {
      if (path.endsWith('/kprobe_events')) continue;
      hash.update(`${path}\0${lstatSync(path).mode}\0`);
      if (lstatSync(path).isFile()) hash.update(readFileSync(path));
    }
    return hash.digest('hex');
  }

  /** Files that the script left where it works and where it writes. */
  leftovers(): string[] {
    return [...walk(this.scratch), ...walk(join(this.folder, 'out'))].map((path) =>
      path.slice(this.folder.length + 1),
    );
  }

  /** A file below the root; null where there is none. */
  text(path: string): string | null {
    const full = join(this.root, path);
    return existsSync(full) ? readFileSync(full, 'utf8') : null;
  }

  /** Permission bits of a file, named as `leftovers` does. */
  mode(path: string): number {
    return lstatSync(join(this.folder, path)).mode & 0o777;
  }

  /** Waits until the script has said something. */
  async heard(child: ChildProcess, words: string): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk;
        if (said.includes(words)) resolve();
      });
      child.on('exit', () => reject(new Error(`ended before it said "${words}": ${said}`)));
    });
  }

  /** What tracefs does: a new instance is full of files, and takes them along when it is removed. */
  #kernel(): Record<string, string> {
    const folder = this.folder;
    const plain = `PATH=\${PATH#"${folder}/bin:"}`;
    write(join(folder, 'instance/trace'), HEADER);
    write(join(folder, 'instance/per_cpu/cpu0/stats'), STATS);
    write(join(folder, 'instance/options/irq-info'), '0\n');
    // The trace's text is made from what is written to trace_marker, as the kernel does for markers; "raw" is an event,
    // of a task whose name the kernel does not know yet.
    write(
      join(folder, 'bin/kernel'),
      `#!/bin/sh
exec 4<>"$1/trace_marker" 5>"$1/trace_pipe"
n=0
while read -r word rest <&4; do
  n=$((n + 1))
  case $word in
    raw) printf '           <...>-77      [000] d....    10.%06d: %s\\n' $n "$rest" >&5 ;;
    *) printf '              sh-76      [001] .....    10.%06d: tracing_mark_write: %s\\n' $n "$word" >&5 ;;
  esac
done
`,
    );
    chmodSync(join(folder, 'bin/kernel'), 0o755);
    return {
      uname: `case $1 in -m) echo aarch64 ;; -r) echo ${RELEASE} ;; *) echo Linux fake ${RELEASE} aarch64 ;; esac`,
      id: 'echo 0',
      mkdir: `${plain}
mkdir "$@" || exit
case $1 in
  */instances/*)
    cp -R "${folder}/instance/." "$1"
    mkfifo "$1/trace_marker" "$1/trace_pipe"
    "${folder}/bin/kernel" "$1" </dev/null >/dev/null 2>&1 &
    echo $! >"${folder}/kernel.pid"
    ;;
esac`,
      rmdir: `${plain}
case $1 in
  */instances/*) kill "$(cat "${folder}/kernel.pid")"; rm -r "$1" ;;
  *) rmdir "$@" ;;
esac`,
    };
  }
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
