// The formats that records go out in.
import { bencherFormat } from './bencher.js';
import { csvFormat } from './csv.js';
import type { ExportFormat } from './export-format.js';
import { githubActionFormat } from './github-action.js';
import { goFormat } from './go.js';
import { googleBenchmarkFormat } from './google-benchmark.js';
import { junitFormat } from './junit.js';

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  goFormat,
  googleBenchmarkFormat,
  githubActionFormat,
  bencherFormat,
  junitFormat,
  csvFormat,
];
