import { z } from 'zod';
import { parseAddress } from './address.js';
import { parseSize } from './size.js';

// Fields that JSON writes as text. The message of a custom issue is what was expected.

/** `"0xffff000000000000"` as an Address. */
export const addressField = textField(parseAddress);

/** `"0x80000000"`, `"2G"` or a plain number of bytes, as bytes. */
export const sizeField = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  textField(parseSize),
);

/** `"0xe8000000000707"` as the 64 bits of a descriptor. */
export const descriptorField = textField((text) => {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) {
    throw new RangeError('a descriptor in hex (0x and at most 16 digits)');
  }
  return BigInt(text);
});

function textField<T>(read: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}
