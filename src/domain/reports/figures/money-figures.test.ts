import * as fc from 'fast-check';
import { moneyOf } from '../../money';
import {
  balance,
  balanceOf,
  ledgerAccounts,
  postAuthorise,
  postCapture,
  postDispute,
  postRefund,
  postRefundReversal,
  postVoid,
  type LedgerAccount,
  type Posting,
} from '../../payments/ledger';
import { effectOf, moneyEvents, movementOf } from '../facts/payment-effects';
import { Tally } from '../facts/tally';
import { addPosting } from './money-figures';

const about = { key: 'k', paymentId: 'pay_1' };
const currencies = ['EUR', 'JPY', 'KWD'] as const;
const amount = fc.record({
  amountMinor: fc.integer({ min: 1, max: 9_999_999 }),
  currency: fc.constantFrom(...currencies),
});
const owed = fc.constantFrom<LedgerAccount>('fulfilled', 'held', 'refunded');
const posting: fc.Arbitrary<Posting> = fc.oneof(
  amount.map((money) => postAuthorise({ ...about, amount: money })),
  amount.map((money) => postVoid({ ...about, amount: money })),
  fc
    .tuple(amount, fc.integer({ min: 0, max: 999 }))
    .map(([captured, more]) =>
      postCapture({ ...about, captured, authorised: moneyOf(captured.amountMinor + more, captured.currency) }),
    ),
  amount.map((money) => postRefund({ ...about, amount: money })),
  amount.map((money) => postRefundReversal({ ...about, amount: money })),
  fc
    .tuple(amount, owed, owed)
    .filter(([, from, to]) => from !== to)
    .map(([money, from, to]) => postDispute({ ...about, from, to, amount: money })),
);

it('rows, totals and the ledger of the same postings agree in every currency', () => {
  fc.assert(
    fc.property(fc.array(posting, { maxLength: 60 }), (postings) => {
      const tally = new Tally();
      const rows = postings.flatMap((one) => {
        const effect = addPosting(tally, one);
        return effect ? [{ ...effect, currency: one.currency }] : [];
      });
      for (const currency of currencies) {
        const ledger = balance({ postings, currency });
        const sumOf = (field: 'netMinor' | 'heldMinor'): number =>
          rows.filter((row) => row.currency === currency).reduce((sum, row) => sum + row[field], 0);
        expect(tally.valueOf({ id: 'captured', currency })).toBe(balanceOf(ledger, 'captured'));
        expect(tally.valueOf({ id: 'refunded', currency })).toBe(balanceOf(ledger, 'refunded'));
        expect([sumOf('netMinor'), sumOf('heldMinor')]).toEqual([
          tally.valueOf({ id: 'net', currency }),
          tally.valueOf({ id: 'held', currency }),
        ]);
        expect(sumOf('netMinor')).toBe(balanceOf(ledger, 'captured') - balanceOf(ledger, 'refunded'));
        expect(sumOf('heldMinor')).toBe(balanceOf(ledger, 'held'));
      }
    }),
    { numRuns: 300 },
  );
});

it('the order of the facts changes no count', () => {
  fc.assert(
    fc.property(fc.array(posting, { maxLength: 30 }), (postings) => {
      const countsOf = (ordered: readonly Posting[]) => {
        const tally = new Tally();
        for (const one of ordered) addPosting(tally, one);
        return tally.counts();
      };
      expect(countsOf(postings.toReversed())).toEqual(countsOf(postings));
    }),
    { numRuns: 50 },
  );
});

it('a fold that goes on from its counts comes to the same', () => {
  const postings = [30, 20].map((amountMinor) => postRefund({ ...about, amount: moneyOf(amountMinor, 'JPY') }));
  const whole = new Tally();
  for (const one of postings) addPosting(whole, one);
  const first = new Tally();
  addPosting(first, postings[0]!);
  const second = Tally.of(JSON.parse(JSON.stringify(first.counts())) as never);
  addPosting(second, postings[1]!);
  expect(second.counts()).toEqual(whole.counts());
});

it('exactly the postings of captured money are rows', () => {
  const all = ['authorise', 'capture', 'void', 'refund', 'refund_reversal', 'dispute'] as const;
  const isRow = (event: (typeof all)[number]) => effectOf({ event, currency: 'EUR', lines: [] }) !== null;
  expect(all.filter(isRow)).toEqual([...moneyEvents]);
});

it('a dispute is opened, won or lost by where its money goes', () => {
  const kind = (from: LedgerAccount, to: LedgerAccount) =>
    effectOf(postDispute({ ...about, from, to, amount: moneyOf(5, 'EUR') }))?.kind;
  expect([kind('fulfilled', 'held'), kind('held', 'fulfilled'), kind('held', 'refunded')]).toEqual([
    'dispute_opened',
    'dispute_won',
    'dispute_lost',
  ]);
  expect([kind('fulfilled', 'refunded'), kind('refunded', 'fulfilled'), kind('refunded', 'held')]).toEqual([
    'dispute_lost',
    'dispute_won',
    'dispute_opened',
  ]);
});

it('an account moves on the side on which it grows', () => {
  const lines = postRefund({ ...about, amount: moneyOf(7, 'EUR') }).lines;
  const moved = Object.keys(ledgerAccounts).map((account) => movementOf(lines, account as LedgerAccount));
  expect(moved).toEqual([0, 0, 0, 0, -7, 7]);
});
