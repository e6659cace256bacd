import { type Machine, parseMachine } from '../../../src/machine/machine.js';
import { describeMachine } from '../../../src/machine/synthetic.js';

const GIB = 2 ** 30;

/** Holes, a bank outside the linear map, an image and a KFENCE pool; memory does not begin at 0. */
export const withHoles: Machine = parseMachine(
  JSON.stringify({
    schema: 'linmap.machine/1',
    granule: 4096,
    vaBits: 48,
    memory: [
      { start: '0x80000000', size: '0x20000000' },
      { start: '0xa0000000', size: '0x1000000', flags: 'NOMAP' },
      { start: '0xb0001000', size: '0x3fff000' },
      { start: '0x880000000', size: '0x30000000' },
    ],
    image: {
      text: '0x80200000',
      stext: '0x80210000',
      startRodata: '0x81600000',
      initBegin: '0x82030000',
      initEnd: '0x82980000',
      bssStop: '0x833f0000',
    },
    kfencePool: { start: '0x90000000', size: '0x200000' },
  }),
  'machine.json',
);

export const large: Machine = describeMachine({ granule: 4096, vaBits: 48, memory: 64 * GIB });
export const bigPages: Machine = describeMachine({
  granule: 65536,
  vaBits: 48,
  memory: 4 * GIB,
  image: true,
});
export const MACHINES: readonly Machine[] = [withHoles, large, bigPages];
