// Asking for what no file says.
import { InputError } from '../../io/input-error.js';
import { type Evidence, nameOf } from './evidence.js';

/** @returns the error that names the option with which a person can say what is missing. */
export function ask(evidence: Evidence, option: string, what: string): InputError {
  const files = filesOf(evidence);
  const where = files.length === 0 ? 'no file' : `nothing in ${files.map(nameOf).join(', ')}`;
  return new InputError(files[0] ?? 'machine', null, `expected ${option}: ${where} tells ${what}`);
}

function filesOf(evidence: Evidence): string[] {
  const documents = [
    evidence.iomem,
    evidence.memblockMemory,
    evidence.meminfo,
    evidence.cpuinfo,
    evidence.midr,
    evidence.commandLine,
    evidence.kernel,
    evidence.config,
    evidence.vmallocinfo,
    ...(evidence.ptdumps ?? []),
    ...(evidence.images ?? []),
    ...(evidence.maps ?? []),
    evidence.linearAddresses,
  ];
  return documents.flatMap((document) => (document ? [document.file] : []));
}
