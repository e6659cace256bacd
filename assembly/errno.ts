// Error numbers, as the kernel returns them (negated) from the functions modelled here.

export const ENOMEM: i32 = 12;
export const EBUSY: i32 = 16;
export const EINVAL: i32 = 22;
