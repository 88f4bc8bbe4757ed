import { historyViolations } from '../src/testing/histories/history-violations';
import { findRecordedHistories } from '../src/testing/replay/recorded-histories';

const histories = findRecordedHistories();

/** A history outlives the erasure of a person: it names what the documents hold, and no more. */
describe('a recorded history', () => {
  it.each(histories.map((kept) => [kept.name, kept] as const))('%s holds listed keys only', (_name, { history }) =>
    expect(historyViolations({ history })).toEqual([]),
  );
});
