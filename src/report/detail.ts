/** How much a report says: what a reader in a hurry needs, or every line there is. */
export type Detail = 'brief' | 'full';
