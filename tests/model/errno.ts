/** What a kernel call returns: 0 or a negative errno. */
export type Errno = 0 | -12 | -16 | -22;
export const OK = 0;
export const ENOMEM = -12;
export const EBUSY = -16;
export const EINVAL = -22;
