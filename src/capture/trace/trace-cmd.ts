// What `trace-cmd report` prints: lines like those of tracefs, with names padded and remarks of its own.
//
//     insm-127   [001]    27.928750: set_ro:               (set_memory_ro+0x0) addr=0xffff80007af0b000 n=0x1
import { TracefsSyntax } from './tracefs.js';

const REMARK = /^(?:cpus=\d+|version = \d+|CPU \d+ is empty|\s*CPU:\d+ \[SUBBUFFER START\])$/;

export class TraceCmdSyntax extends TracefsSyntax {
  override readonly format = 'trace-cmd';
  override readonly expected = 'task-pid [cpu] time: event: (function) …';

  override isRemark(text: string): boolean {
    return REMARK.test(text);
  }
}
