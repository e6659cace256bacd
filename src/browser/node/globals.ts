// Globals of Node that code shared with the command line goes by. Put into every file of the bundle that names them.
export { Buffer } from 'node:buffer';

/** Where dropped files lie, so that errors name them as they are called. */
const WORKING_FOLDER = '/dropped';

const nothing = () => {};

export const process = {
  pid: 1,
  env: {},
  cwd: () => WORKING_FOLDER,
  on: nothing,
  once: nothing,
  off: nothing,
  kill: nothing,
};
