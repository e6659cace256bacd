/** The core of the published TLB figures: AmpereOne, in the series that made rodata=full map blocks. */
export const MAIN_CORE = 'ampereone';
