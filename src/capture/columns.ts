// Columns that grow, and what their numbers stand for.

/** Addresses or codes that the trace saw, each with the index of the call that it belongs to. */
export class Sightings {
  values = new Float64Array(64);
  calls = new Uint32Array(64);
  length = 0;

  add(call: number, value: number): void {
    if (this.length === this.values.length) {
      this.values = grown(this.values);
      this.calls = grown(this.calls);
    }
    this.values[this.length] = value;
    this.calls[this.length] = call;
    this.length++;
  }
}

/** Values that are kept once and named by a number. */
export class Numbered<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];

  constructor(private readonly keyOf: (value: T) => string) {}

  number(value: T): number {
    const key = this.keyOf(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  at(number: number): T {
    return this.#values[number] as T;
  }
}

/** The column with room for twice as much. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2);
  larger.set(column);
  return larger;
}
