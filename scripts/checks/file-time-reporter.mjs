// A reporter for jest that lists the slowest test files, so that the whole run stays within its budget.
import { availableParallelism, loadavg } from 'node:os';
import { relative } from 'node:path';
import { judgeFileTimes } from './judge-file-times.ts';

const SHOWN = 10;
/** The layers with a time limit per file. Timed tests and the long forms have none. */
const JUDGED = new Set(['integration', 'system']);

export default class FileTimeReporter {
  #rootDir;
  #files = [];
  #error;

  constructor({ rootDir }) {
    this.#rootDir = rootDir;
  }

  onTestResult({ context, path }, { perfStats }) {
    this.#files.push({
      path: relative(this.#rootDir, path),
      seconds: perfStats.runtime / 1000,
      judged: JUDGED.has(context.config.displayName?.name) && process.env.TEST_LONG !== '1',
    });
  }

  onRunComplete() {
    const slowest = this.#files.toSorted((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
    const { slow, tooSlow } = judgeFileTimes(this.#files);
    const lines = slowest.map(({ path, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${path}`);
    if (this.#files.length > 1) process.stderr.write(`\nThe slowest test files\n${lines.join('\n')}\n`);
    const busy = `load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`;
    for (const line of slow) process.stderr.write(`Warning: ${line} (${busy})\n`);
    for (const line of tooSlow) process.stderr.write(`Failed: ${line} (${busy})\n`);
    if (tooSlow.length > 0) this.#error = new Error(tooSlow.join('\n'));
  }

  /** Returns an error to fail the run. */
  getLastError() {
    return this.#error;
  }
}
