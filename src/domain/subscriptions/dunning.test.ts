import { defaultDunningLadder, nextDunningStep, requireDunningLadder } from './dunning';

const failedAt = '2026-03-01T10:00:00.000Z';
const after = (attempt: number, lastFailedAt = failedAt) =>
  nextDunningStep({ ladder: defaultDunningLadder, failedAt, attempt, lastFailedAt });

describe('the ladder', () => {
  test('retries after 1, 3, 5 and 7 days from the first failure', () => {
    expect([1, 2, 3, 4].map((attempt) => after(attempt))).toEqual([
      { kind: 'retry', attempt: 2, at: '2026-03-02T10:00:00.000Z' },
      { kind: 'retry', attempt: 3, at: '2026-03-04T10:00:00.000Z' },
      { kind: 'retry', attempt: 4, at: '2026-03-06T10:00:00.000Z' },
      { kind: 'retry', attempt: 5, at: '2026-03-08T10:00:00.000Z' },
    ]);
  });

  test('then leaves it unpaid, and cancels 14 days after the last failure', () => {
    expect(after(5, '2026-03-08T10:00:07.000Z')).toEqual({
      kind: 'unpaid',
      at: '2026-03-08T10:00:07.000Z',
      cancelAt: '2026-03-22T10:00:07.000Z',
    });
  });

  test('retries immediately where an outage made its day pass', () => {
    expect(after(2, '2026-03-05T00:00:00.000Z')).toEqual({ kind: 'retry', attempt: 3, at: '2026-03-05T00:00:00.000Z' });
  });
});

describe('a partner’s own ladder', () => {
  test('is accepted', () =>
    expect(requireDunningLadder({ retryAfterDays: [2, 60], cancelAfterDays: 1 })).toEqual({
      retryAfterDays: [2, 60],
      cancelAfterDays: 1,
    }));

  test.each([
    [[], 14, 'DUNNING_INVALID', '/dunning/retryAfterDays'],
    [Array.from({ length: 11 }, (_, index) => index + 1), 14, 'DUNNING_INVALID', '/dunning/retryAfterDays'],
    [[1, 1], 14, 'DUNNING_INVALID', '/dunning/retryAfterDays/1'],
    [[0], 14, 'INTEGER_OUT_OF_RANGE', '/dunning/retryAfterDays/0'],
    [[1, 2.5], 14, 'INTEGER_OUT_OF_RANGE', '/dunning/retryAfterDays/1'],
    [[61], 14, 'INTEGER_OUT_OF_RANGE', '/dunning/retryAfterDays/0'],
    [[1], 0, 'INTEGER_OUT_OF_RANGE', '/dunning/cancelAfterDays'],
  ])('%j, then %d days, is refused', (retryAfterDays, cancelAfterDays, code, pointer) => {
    expect(() => requireDunningLadder({ retryAfterDays, cancelAfterDays })).toThrow(
      expect.objectContaining({ code, pointer }),
    );
  });
});
