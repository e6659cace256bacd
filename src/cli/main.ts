#!/usr/bin/env node
// The bin entry: streams and signals, then the command line.
import { describeFailure, EXIT } from './failure.js';
import { createProgram } from './program.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read this has read enough: `linmap … | head`.
    if (error.code === 'EPIPE') process.exit();
    if (stream === process.stdout)
      process.stderr.write(`stdout: expected a place to write, found ${error.message}\n`);
    process.exit(EXIT.badInput);
  });
}

process.on('SIGINT', () => {
  if (process.stderr.isTTY) process.stderr.write('\n');
  process.exit(EXIT.interrupted);
});

try {
  const program = await createProgram();
  await program.parseAsync();
} catch (error) {
  const { exitCode, text } = describeFailure(error);
  if (text !== '') process.stderr.write(`${text}\n`);
  process.exitCode = exitCode;
}
