// Constants that the core exports as globals: names are shared with TypeScript, values live in assembly/ alone.

/** The exported constant `name` as a number. Throws where the core has none: names went apart. */
export function constant(exports: WebAssembly.Exports, name: string): number {
  return Number(globalValue(exports, name));
}

/** The exported constant `name` as a 64-bit pattern. */
function constantBits(exports: WebAssembly.Exports, name: string): bigint {
  return BigInt.asUintN(64, BigInt(globalValue(exports, name)));
}

function globalValue(exports: WebAssembly.Exports, name: string): number | bigint {
  const value = exports[name];
  if (!(value instanceof WebAssembly.Global)) throw new Error(`the core exports no constant ${name}`);
  return value.value as number | bigint;
}

/** Values of `PREFIX_NAME` for each name, keyed by the names given. */
export function constants<K extends string>(
  exports: WebAssembly.Exports,
  prefix: string,
  names: readonly K[],
): Readonly<Record<K, number>> {
  const values = {} as Record<K, number>;
  for (const name of names) values[name] = constant(exports, `${prefix}_${screaming(name)}`);
  return values;
}

/** The exported 64-bit patterns `NAME` for each name, keyed by the names given. */
export function patterns<K extends string>(
  exports: WebAssembly.Exports,
  names: readonly K[],
): Readonly<Record<K, bigint>> {
  const values = {} as Record<K, bigint>;
  for (const name of names) values[name] = constantBits(exports, screaming(name));
  return values;
}

/** `pmdToContPte` → `PMD_TO_CONT_PTE` */
function screaming(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
