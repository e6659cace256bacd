// Events as tracefs would have printed them, for traces that come in other formats.
import type { TraceEvent, TraceFormat } from './event.js';
import { STACK_SITE } from './probe-sites.js';

/** PID_MAX_LIMIT: no task has it. Stands where the trace does not say which task it was. */
const NO_PID = 2 ** 22;

/** The comment lines that begin a trace which another tool recorded. */
export function tracefsHeader(format: TraceFormat): string {
  return [
    '# tracer: nop',
    '#',
    `# rewritten from ${format}`,
    '#',
    '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
    '#              | |         |   |||||     |         |',
    '',
  ].join('\n');
}

/** The line of an event, and those of its stack; with newlines. */
export function tracefsText(event: TraceEvent): string {
  if (event.name === STACK_SITE.name) return stackText(event);
  return `${headOf(event)}${saidBy(event)}\n${stackText(event)}`;
}

function saidBy({ name, function: probed, suffix, isReturn, caller, text }: TraceEvent): string {
  const words = text === '' ? '' : ` ${text}`;
  if (probed === '') return `${name}:${words}`;
  // An address stands where no name is known.
  const place = isReturn
    ? `(${caller === '' ? '0x0' : `${caller}+0x0/0x0`} <- ${probed}${suffix})`
    : `(${probed}${suffix}+0x0/0x0)`;
  return `${name}: ${place}${words}`;
}

/** What is lost between two events. */
export function lossText(events: number): string {
  return events > 0 ? `CPU:0 [LOST ${events} EVENTS]\n` : 'CPU:0 [LOST EVENTS]\n';
}

function headOf({ task, cpu, seconds }: TraceEvent): string {
  const printed = task.replace(/ \[\d+\]$/, '');
  const named = /-\d+$/.test(printed) ? printed : `${printed}-${NO_PID}`;
  const time = seconds === null ? '0' : seconds.toFixed(9).replace(/(\.\d{6})000$/, '$1');
  return `${named.padStart(23)} [${String(cpu ?? 0).padStart(3, '0')}] ..... ${time.padStart(16)}: `;
}

function stackText(event: TraceEvent): string {
  if (event.stack === undefined || event.stack.length === 0) return '';
  const frames = event.stack.map((frame) => ` => ${frame}\n`).join('');
  return `${headOf(event)}${STACK_SITE.name}\n${frames}`;
}
