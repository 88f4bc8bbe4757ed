import * as fc from 'fast-check';
import {
  balance,
  balanceOf,
  ledgerAccounts,
  postAuthorise,
  postCapture,
  postDispute,
  postRefund,
  type LedgerAccount,
} from '../../payments/ledger';
import { Tally } from '../facts/tally';
import { addEntry, carryOpening, statementFiguresOf, type EntryFact, type StatementCut } from './statement-figures';

const DAY_MS = 86_400_000;
const about = { key: 'k', paymentId: 'pay_1' };
const currencies = ['EUR', 'JPY', 'KWD'] as const;
const accounts = Object.keys(ledgerAccounts) as LedgerAccount[];
const amount = fc.record({
  amountMinor: fc.integer({ min: 1, max: 99_999 }),
  currency: fc.constantFrom(...currencies),
});
const posting = fc.oneof(
  amount.map((money) => postAuthorise({ ...about, amount: money })),
  amount.map((money) => postCapture({ ...about, captured: money, authorised: money })),
  amount.map((money) => postRefund({ ...about, amount: money })),
  amount.map((money) => postDispute({ ...about, from: 'fulfilled', to: 'held', amount: money })),
);
const startMs = (month: number): number => Date.UTC(2026, month, 1);
/** Dated from a month before the first statement on; one in three is recorded days or months late. */
const fact: fc.Arbitrary<EntryFact> = fc
  .tuple(
    posting,
    fc.integer({ min: startMs(-1), max: startMs(12) - 1 }),
    fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 }) }),
  )
  .map(([one, atMs, lateDays]) => ({ ...one, at: new Date(atMs), recordedAt: new Date(atMs + lateDays * DAY_MS) }));

function closingsOf(facts: readonly EntryFact[], cut: StatementCut, part = 'statement_closing') {
  const tally = new Tally();
  for (const one of facts) addEntry(tally, one, cut);
  return statementFiguresOf(tally, currencies)
    .filter(({ id }) => id === part)
    .map(({ id: _id, ...figure }) => figure);
}

it('of twelve statements with late postings each opens as the one before closed, and the last is the ledger', () => {
  const everything = new Date(Date.UTC(2028, 0, 1));
  const daysAfter = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 11, maxLength: 11 });
  fc.assert(
    fc.property(fc.array(fact, { maxLength: 80 }), daysAfter, (facts, days) => {
      let previous: { asOf: Date; closing: unknown } | null = null;
      for (let month = 0; month < 12; month += 1) {
        const [startAt, endAt] = [new Date(startMs(month)), new Date(startMs(month + 1))];
        const asOf = month === 11 ? everything : new Date(endAt.getTime() + days[month]! * DAY_MS);
        const cut: StatementCut = { startAt, endAt, asOf, previousAsOf: previous?.asOf ?? null };
        if (previous) expect(closingsOf(facts, cut, 'statement_opening')).toEqual(previous.closing);
        previous = { asOf, closing: closingsOf(facts, cut) };
      }
      const ledger = (currency: string, account: LedgerAccount) =>
        balanceOf(balance({ postings: facts as never, currency }), account);
      expect(previous?.closing).toEqual(
        currencies.flatMap((currency) => accounts.map((by) => ({ currency, by, value: ledger(currency, by) }))),
      );
    }),
    { numRuns: 100 },
  );
});

const march: StatementCut = {
  startAt: new Date('2026-03-01T00:00:00Z'),
  endAt: new Date('2026-04-01T00:00:00Z'),
  asOf: new Date('2026-04-02T06:00:00Z'),
  previousAsOf: new Date('2026-03-02T06:00:00Z'),
};
const captured = (at: string, recordedAt = at): EntryFact => ({
  ...postCapture({
    ...about,
    captured: { amountMinor: 100, currency: 'EUR' },
    authorised: { amountMinor: 100, currency: 'EUR' },
  }),
  at: new Date(at),
  recordedAt: new Date(recordedAt),
});
const partsOf = (one: EntryFact, cut = march): number[] => {
  const tally = new Tally();
  addEntry(tally, one, cut);
  const figures = statementFiguresOf(tally, ['EUR']).filter(({ by }) => by === 'captured');
  return figures.map(({ value }) => value!);
};

it.each([
  ['in the statement before', captured('2026-02-28T23:59:59.999Z', '2026-03-02T06:00:00Z'), [100, 0, 0, 100]],
  ['too late for it', captured('2026-02-28T23:59:59.999Z', '2026-03-02T06:00:00.001Z'), [0, 0, 100, 100]],
  ['of the month', captured('2026-03-01T00:00:00Z'), [0, 100, 0, 100]],
  ['of the month, and too late', captured('2026-03-31T00:00:00Z', '2026-04-02T06:00:00.001Z'), [0, 0, 0, 0]],
  ['of the next month', captured('2026-04-01T00:00:00Z'), [0, 0, 0, 0]],
])('a posting %s stands where it belongs', (_what, one, expected) => {
  expect(partsOf(one)).toEqual(expected);
});

it('a carried opening stays, and a posting that the statement before missed is an entry of earlier periods', () => {
  const [known, missed] = [captured('2026-02-10T00:00:00Z'), captured('2026-02-11T00:00:00Z')];
  const tally = new Tally();
  carryOpening(tally, [{ id: 'statement_closing', currency: 'EUR', by: 'captured', value: 100 }]);
  for (const one of [known, missed]) addEntry(tally, one, { ...march, isCarried: true });
  const figures = statementFiguresOf(tally, ['EUR']).filter(({ by }) => by === 'captured');
  expect(figures.map(({ value }) => value)).toEqual([100, 0, 100, 200]);
});

it('the first statement opens with everything before it, and a line without a time of recording is in time', () => {
  const late = captured('2026-02-28T10:00:00Z', '2026-04-02T06:00:00Z');
  expect(partsOf(late, { ...march, previousAsOf: null })).toEqual([100, 0, 0, 100]);
  expect(partsOf({ ...late, recordedAt: undefined })).toEqual([100, 0, 0, 100]);
});
