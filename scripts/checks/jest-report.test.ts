import { countTests, nothingFound, sumUp, summaryLine } from './jest-report.ts';

const report = {
  numPassedTests: 7,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('the summary of npm test', () => {
  it('counts a test file that could not be loaded as failed', () => {
    expect(countTests({ ...report, numRuntimeErrorTestSuites: 2 })).toEqual({ passed: 7, failed: 3, skipped: 2 });
  });

  it('adds up all layers, and counts a step that failed without a failed test', () => {
    const layer = { name: 'unit', ok: true, seconds: 1, tests: { passed: 5, failed: 0, skipped: 1 } };
    const results = [
      { name: 'lint', ok: false, seconds: 1, tests: null },
      layer,
      { ...layer, ok: false, tests: { passed: 1, failed: 2, skipped: 0 } },
      { ...layer, ok: false },
    ];
    expect(sumUp(results)).toEqual({ passed: 11, failed: 4, skipped: 2 });
  });

  it('complains of words that select no test', () => {
    const none = { passed: 0, failed: 0, skipped: 0 };
    expect(nothingFound(['nosuchdomain', 'typo'], none)).toBe('No test\'s path contains "nosuchdomain" or "typo"');
    expect(nothingFound(['payments'], { ...none, skipped: 1 })).toBeNull();
    expect(nothingFound([], none)).toBeNull();
  });

  it('is one plain line', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(summaryLine({ passed: 3, failed: 0, skipped: 2 })).toBe('3 passed, 0 failed, 2 skipped');
  });
});
