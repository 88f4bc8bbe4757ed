import { readFileSync } from 'node:fs';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0 };

/** The used fields of the file that jest's --json writes. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

/** Returns the counts of a report. A file that could not be loaded counts as one failed test. */
export function countTests(report: JestReport): TestCounts {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Returns the counts of jest's report; null without a report. */
export function readJestReport(file: string): TestCounts | null {
  try {
    return countTests(JSON.parse(readFileSync(file, 'utf8')) as JestReport);
  } catch {
    return null;
  }
}

export interface CheckResult {
  name: string;
  ok: boolean;
  seconds: number;
  /** Null for a step without tests. */
  tests: TestCounts | null;
}

/** Returns the sum over all steps. A step that failed without a failed test counts as one failed test. */
export function sumUp(results: readonly CheckResult[]): TestCounts {
  const counts = results.map(({ ok, tests }) => {
    const counted = tests ?? NO_TESTS;
    return ok || counted.failed > 0 ? counted : { ...counted, failed: 1 };
  });
  const total = (key: keyof TestCounts): number => counts.reduce((sum, count) => sum + count[key], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}

/** Returns the last line of `npm test`, which programs read. */
export const summaryLine = ({ passed, failed, skipped }: TestCounts): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;

/** Returns what is wrong with words that selected no test at all: most likely one is misspelt. Null when nothing is. */
export function nothingFound(words: readonly string[], { passed, failed, skipped }: TestCounts): string | null {
  if (words.length === 0 || passed + failed + skipped > 0) return null;
  return `No test's path contains ${words.map((word) => JSON.stringify(word)).join(' or ')}`;
}
