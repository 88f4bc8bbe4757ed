import * as fc from 'fast-check';
import type { Posting } from './ledger';
import { balance, balanceOf, postAuthorise, postCapture, postDispute, postRefund, postVoid } from './ledger';
import { ledgerProblems, paymentProblems } from './ledger-check';
import { moneyOf } from '../money';

const euro = (amountMinor: number) => moneyOf(amountMinor, 'EUR');
const paymentId = 'pay_1';
const authorise = postAuthorise({ key: 'pay_1:authorise:1', paymentId, amount: euro(1000) });
const capture = postCapture({
  key: 'pay_1:capture:1',
  paymentId,
  authorised: euro(1000),
  captured: euro(800),
});
const refund = postRefund({ key: 'rfd_1:refund:1', paymentId, amount: euro(300) });
const standing = (postings: Posting[]) => {
  const totals = balance({ postings, currency: 'EUR' });
  return Object.fromEntries(
    (['authorised', 'captured', 'held', 'fulfilled', 'refunded'] as const).map((account) => [
      account,
      balanceOf(totals, account),
    ]),
  );
};
const codes = (postings: Posting[]) => ledgerProblems(postings).map(({ code }) => code);

describe('the books of a payment', () => {
  test('captures are earned, refunds reduce them, and a partial capture ends the whole hold', () => {
    expect(standing([authorise])).toEqual({ authorised: 1000, captured: 0, held: 0, fulfilled: 0, refunded: 0 });
    expect(standing([authorise, capture])).toEqual({
      authorised: 0,
      captured: 800,
      held: 0,
      fulfilled: 800,
      refunded: 0,
    });
    expect(standing([authorise, capture, refund])).toEqual({
      authorised: 0,
      captured: 800,
      held: 0,
      fulfilled: 500,
      refunded: 300,
    });
  });

  test('a void leaves nothing behind', () => {
    expect(standing([authorise, postVoid({ key: 'v', paymentId, amount: euro(1000) })]).authorised).toBe(0);
  });

  test('totals can be continued', () => {
    const first = balance({ postings: [authorise], currency: 'EUR' });
    const carried = balance({ postings: [capture, refund], currency: 'EUR', totals: first });
    expect(carried).toEqual(balance({ postings: [authorise, capture, refund], currency: 'EUR' }));
    expect(balanceOf(first, 'authorised')).toBe(1000);
  });

  test('impossible postings are refused', () => {
    expect(() => postCapture({ key: 'c', paymentId, authorised: euro(10), captured: euro(11) })).toThrow(
      expect.objectContaining({ code: 'CAPTURE_EXCEEDS_AUTHORISATION' }),
    );
    expect(() => postRefund({ key: 'r', paymentId, amount: euro(-1) })).toThrow(
      expect.objectContaining({ code: 'LEDGER_AMOUNT_INVALID' }),
    );
  });
});

describe('the check names the fault', () => {
  const good = [authorise, capture, refund];
  const tampered = (change: (lines: Posting['lines']) => Posting['lines']): Posting => ({
    ...capture,
    lines: change(capture.lines),
  });

  test('nothing in sound books', () => expect(ledgerProblems(good)).toEqual([]));

  test('a posting that appears twice', () => {
    expect(ledgerProblems([...good, refund])).toEqual([
      { code: 'KEY_REPEATED', key: 'rfd_1:refund:1', paymentId, detail: 'rfd_1:refund:1: posted more than once.' },
    ]);
  });

  test('a line lost or changed', () => {
    expect(codes([authorise, tampered((lines) => lines.slice(0, -1)), refund])).toEqual(
      expect.arrayContaining(['POSTING_UNBALANCED', 'CAPTURED_NOT_EXPLAINED', 'TOTALS_UNBALANCED']),
    );
    expect(
      codes([authorise, tampered((lines) => lines.map((line) => ({ ...line, amountMinor: line.amountMinor + 0.5 })))]),
    ).toContain('POSTING_INVALID');
  });

  test('more refunded than captured, or voided than held', () => {
    const more = postRefund({ key: 'rfd_2:refund:1', paymentId, amount: euro(501) });
    expect(ledgerProblems([...good, more])[0]).toMatchObject({
      code: 'ACCOUNT_NEGATIVE',
      detail: 'pay_1: fulfilled stands at -1.',
    });
    expect(codes([postVoid({ key: 'v', paymentId, amount: euro(1) })])).toContain('ACCOUNT_NEGATIVE');
  });

  test('errors of two payments that cancel out in the total', () => {
    const other = { ...refund, key: 'rfd_9:refund:1', paymentId: 'pay_2' };
    expect(ledgerProblems([...good, other]).map(({ paymentId: which }) => which)).toEqual(['pay_2']);
  });

  test('one payment in two currencies', () => {
    expect(codes([...good, { ...refund, key: 'x', currency: 'JPY' }])).toContain('CURRENCY_MIXED');
  });

  test('a payment whose own figures differ from the books', () => {
    const totals = balance({ postings: good, currency: 'EUR' });
    const figures = {
      paymentId,
      authorisedMinor: 1000,
      capturedMinor: 800,
      refundedMinor: 300,
      disputedMinor: 0,
      totals,
    };
    expect(paymentProblems({ ...figures, state: 'partially_refunded' })).toEqual([]);
    expect(
      paymentProblems({ ...figures, state: 'partially_refunded', refundedMinor: 200 }).map(({ detail }) => detail),
    ).toEqual(['pay_1 (partially_refunded): refunded is 200 on the payment and 300 in the books.']);
    expect(paymentProblems({ ...figures, state: 'authorised' })).toHaveLength(1);
    expect(paymentProblems({ ...figures, state: 'partially_refunded', disputedMinor: 5 })).toHaveLength(1);
  });
});

test('any course of payments balances: debit = credit and captured = fulfilled + refunded + held', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const course = fc.record({
    authorised: fc.integer({ min: 1, max: 1e9 }),
    captured: share,
    refunded: share,
    disputed: share,
    voided: fc.boolean(),
  });
  const property = fc.property(fc.array(course, { maxLength: 20 }), (courses) => {
    const postings = courses.flatMap(({ authorised, captured, refunded, disputed, voided }, index): Posting[] => {
      const id = `pay_${index}`;
      const input = (step: string) => ({ key: `${id}:${step}`, paymentId: id });
      const hold = postAuthorise({ ...input('authorise'), amount: euro(authorised) });
      if (voided) return [hold, postVoid({ ...input('void'), amount: euro(authorised) })];
      const taken = Math.max(1, Math.floor(authorised * captured));
      const back = Math.floor(taken * refunded);
      const held = Math.floor((taken - back) * disputed);
      return [
        hold,
        postCapture({ ...input('capture'), authorised: euro(authorised), captured: euro(taken) }),
        postRefund({ ...input('refund'), amount: euro(back) }),
        postDispute({ ...input('dispute'), from: 'fulfilled', to: 'held', amount: euro(held) }),
      ];
    });
    expect(ledgerProblems(postings)).toEqual([]);
  });
  fc.assert(property, { numRuns: 200 });
});
