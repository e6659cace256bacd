// Finding, compiling and instantiating the WebAssembly module that was built here; other-build.ts takes any other.
import { readFileSync } from 'node:fs';
import { packageFile } from '../io/package-file.js';

/** What assembly/index.ts exports; the rules of this boundary are written there. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly outOfMemory: WebAssembly.Global<'i32'>;
  reset(granuleShift: number, vaBits: number, linearEnd: number, flags: number, realmIpaBits: number): void;
  setSystem(flags: number, realmIpaBits: number): void;
  setKfencePool(start: number, end: number): void;
  mapRange(pa: number, va: number, size: number, prot: number, flags: number): number;
  linkSharedRootEntry(): void;
  installNonGlobal(): void;
  loadTable(level: number, va: number, attributes: bigint): number;
  loadLeaves(level: number, va: number, pa: number, leaves: number, attributes: bigint): number;
  changeMemory(start: number, size: number, set: bigint, clear: bigint): number;
  permissionSet(permission: number): bigint;
  permissionClear(permission: number): bigint;
  walk(va: number): number;
  walkResult(): number;
  walkBuffer(): number;
  walkBatch(from: number, to: number, n: number): number;
  walkEach(from: number, to: number, n: number): number;
  readRuns(from: number): number;
  runsBuffer(): number;
  runsResume(): number;
  summarise(): void;
  summaryAddress(): number;
  countersAddress(): number;
  resetCounters(): void;
  logAddress(): number;
  logEvents(): number;
  resetLog(on: number): void;
  operationsBuffer(): number;
  operationResults(): number;
  runOperations(n: number, continued: number): void;
  failAllocationsAfter(n: number): void;
  tablesAddress(): number;
  storedBytes(): number;
  geometryRootLevel(): number;
  geometryPageOffset(): number;
  geometryLevelSize(level: number): number;
  geometryContiguousSize(level: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** Path of the built module, found from the sources and from dist/ alike. Throws where it has not been built. */
export function modulePath(): string {
  const path = packageFile('build/core.wasm');
  if (path === null) throw new Error('build/core.wasm is missing: run npm run build');
  return path;
}

/** A new instance with a memory of its own; the module is compiled once. */
export function instantiate(): WebAssembly.Instance {
  compiled ??= new WebAssembly.Module(readFileSync(modulePath()));
  return new WebAssembly.Instance(compiled, {});
}
