// Blocks written through dm-crypt to a device in memory. Assumed throughout: crypt_convert() goes through a page by
// sectors, from the page of the file to one of the bounce pool; what is touched besides is slab metadata.
import { CLASS } from '../access.js';
import { runParameter, type StreamKind, sizeParameter } from './stream-kind.js';

type CryptParameter = 'size' | 'run' | 'sectors' | 'bounce' | 'metadata' | 'touches' | 'device';

export const crypt: StreamKind<CryptParameter> = {
  name: 'crypt',
  text: 'block writes with encryption: page of the file, bounce page, metadata, page of the device',
  parameters: {
    size: sizeParameter(256 * 2 ** 20, 'bytes of the file, written in order again and again'),
    run: runParameter(1),
    sectors: {
      kind: 'count',
      default: 8,
      least: 1,
      most: 128,
      text: 'sectors of a page, encrypted one by one',
    },
    bounce: {
      kind: 'count',
      default: 256,
      least: 1,
      most: 2 ** 24,
      text: 'pages that ciphertext goes through in turn',
    },
    metadata: {
      kind: 'count',
      default: 16,
      least: 1,
      most: 2 ** 24,
      text: 'slab pages of requests, bios and crypt_io',
    },
    touches: { kind: 'count', default: 8, most: 128, text: 'accesses of metadata for each page' },
    device: sizeParameter(256 * 2 ** 20, 'bytes of the device that the blocks go to'),
  },
  // Records of the shipped dm-crypt trace: 0.58, 0.17 and 0.47 for each of class 0; 5.9 instructions a record.
  company: { kernel: 0.58, user: 0.17, code: 0.47, instructions: 5.9 },
  start({ size, run, sectors, bounce, metadata, touches, device }, place) {
    const { random } = place;
    const filePages = place.pagesOf(size);
    const devicePages = place.pagesOf(device);
    // The file comes first, so that its runs are whole.
    const pages = place.pages(filePages + devicePages + bounce + metadata, run);
    const firstBounce = filePages + devicePages;
    const firstMetadata = firstBounce + bounce;
    let block = 0;
    return (to) => {
      const source = pages.va(block % filePages);
      const target = pages.va(firstBounce + (block % bounce));
      for (let i = 0; i < touches; i++) {
        to.touch(pages.va(firstMetadata + random.below(metadata)), CLASS.linearMap, i % 2 === 0);
      }
      for (let i = 0; i < sectors; i++) {
        to.touch(source);
        to.touch(target, CLASS.linearMap, true);
      }
      to.touch(target);
      to.touch(pages.va(filePages + (block % devicePages)), CLASS.linearMap, true);
      block++;
    };
  },
};
