// Which of the system's texts a file is, by its first lines.
import { cleanLine } from './text-lines.js';

export type TextKind =
  | 'iomem'
  | 'meminfo'
  | 'cpuinfo'
  | 'vmallocinfo'
  | 'memblock'
  | 'config'
  | 'cmdline'
  | 'version'
  | 'ptdump'
  | 'midr';

/** One line that only this kind of text has. */
const SIGNS: readonly (readonly [kind: TextKind, sign: RegExp])[] = [
  [
    'ptdump',
    /^---\[ ?[\w ()/]+ ?\]---$|^0x[0-9a-f]{16}-0x[0-9a-f]{16}\s+\d+[KMGTPE]\s+P(?:GD|4D|UD|MD|TE)\b/,
  ],
  ['vmallocinfo', /^0x[0-9a-f]{8,16}-0x[0-9a-f]{8,16}\s+\d+(?:\s|$)/],
  ['memblock', /^\s*\d+: 0x[0-9a-f]{8,16}\.\.0x[0-9a-f]{8,16}/],
  ['iomem', /^\s*[0-9a-f]{8,16}-[0-9a-f]{8,16} : /],
  ['meminfo', /^(?:MemTotal|MemFree|MemAvailable):\s+\d+ kB$/],
  ['cpuinfo', /^(?:processor\s*: \d+|CPU implementer\s*: 0x)/],
  ['config', /^(?:CONFIG_\w+=|# CONFIG_\w+ is not set$|# Automatically generated file; DO NOT EDIT)/],
  ['midr', /^(?:cpu\d+\s*[:=]?\s*)?0x[0-9a-f]{8,16}$/i],
  ['version', /^Linux (?:version \d|\S+ \d+\.\d+)/],
];
/** Words that command lines of arm64 machines have. */
const PARAMETER =
  /(?:^|\s)(?:BOOT_IMAGE|root|console|earlycon|init|rdinit|rodata|crashkernel|kpti|kfence\.\w+|nokaslr|quiet|ro|rw|default_hugepagesz|hugepagesz|debug_pagealloc|systemd\.\w+|rd\.\w+|selinux|panic|loglevel)(?:=|\s|$)/;
/** Lines of a preamble (quoted mail, a shell prompt) that may stand before the sign. */
const LOOK = 12;

/**
 * The kind of a text; null where it is none of these.
 * @param head its first few KiB, which may end within a line
 */
export function sniffText(head: string): TextKind | null {
  const lines = head
    .slice(0, 8192)
    .split('\n')
    .map(cleanLine)
    .filter((line) => line !== '');
  for (const line of lines.slice(0, LOOK)) {
    for (const [kind, sign] of SIGNS) if (sign.test(line)) return kind;
  }
  const [first = '', second] = lines;
  return second === undefined && PARAMETER.test(first) && !first.startsWith('#') ? 'cmdline' : null;
}
