import { mkdir, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;
const patienceMs = 300_000;

/**
 * Runs `work` while no other process runs work under the same lock.
 *
 * The lock is a directory holding one file named after its owner's process id. It appears by renaming a directory
 * that already holds that file: rename() onto a directory that is not empty fails, so there is one owner and the lock is
 * never seen without one. An owner that died is evicted by removing its file, which cannot hit anybody else's.
 *
 * @template T
 * @param {string} lock path of the lock directory; its parent must exist
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {Error} when another process holds the lock for five minutes
 */
export async function withLock(lock, work) {
  const candidate = `${lock}.${process.pid}`;
  await mkdir(candidate, { recursive: true });
  await writeFile(join(candidate, String(process.pid)), '');
  try {
    await acquire(candidate, lock);
    return await work();
  } finally {
    await rm(candidate, { recursive: true, force: true });
    await release(lock);
  }
}

/**
 * @param {string} candidate
 * @param {string} lock
 */
async function acquire(candidate, lock) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await rename(candidate, lock);
      return;
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM')) throw error;
    }
    if (Date.now() > deadline)
      throw new Error(`${lock}: held for too long; remove it if nothing is building`);
    await evictTheDead(lock);
    await sleep(pollMs);
  }
}

/** @param {string} lock */
async function evictTheDead(lock) {
  const owners = await readdir(lock).catch(() => []);
  for (const owner of owners) {
    if (!isAlive(Number(owner))) await unlink(join(lock, owner)).catch(() => {});
  }
}

/** @param {string} lock */
async function release(lock) {
  await unlink(join(lock, String(process.pid))).catch(() => {});
  // The next owner may already have moved in: then the directory is not empty and stays.
  await rmdir(lock).catch(() => {});
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * @param {unknown} error
 * @param {...string} codes
 */
function hasCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
