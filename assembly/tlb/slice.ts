/** Accesses that are taken through the TLBs together. What is counted of them fits 16 bits. */
export const SLICE: u32 = 1024;
