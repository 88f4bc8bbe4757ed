import { moneyOf } from '../money';
import { describeDifferences } from '../operator/books-difference';
import { differencesOfPayment, differencesOfRefund } from './books-differences';
import { postAuthorise, postCapture, postDispute, postRefund, postRefundReversal } from './ledger';

const euro = (amountMinor: number) => moneyOf(amountMinor, 'EUR');
const paymentId = 'pay_1';
const hold = postAuthorise({ key: 'pay_1:authorise:1', paymentId, amount: euro(1000) });
const capture = postCapture({ key: 'pay_1:capture:1', paymentId, authorised: euro(1000), captured: euro(800) });
const refund = postRefund({ key: 'rfd_1:refund:1', paymentId, amount: euro(300) });
const payment = {
  state: 'partially_refunded' as const,
  amount: euro(1000),
  authorisedMinor: 1000,
  capturedMinor: 800,
  refundedMinor: 300,
  disputedMinor: 0,
};
const postings = [hold, capture, refund];

describe('a payment against the ledger', () => {
  it.each<[string, Partial<typeof payment>, string, number, number]>([
    ['a captured amount', { capturedMinor: 900 }, 'captured', 900, 800],
    ['a refunded amount', { refundedMinor: 0 }, 'refunded', 0, 300],
    ['a disputed amount', { disputedMinor: 5 }, 'held', 5, 0],
    ['a state in which the bank still holds the money', { state: 'authorised' as never }, 'authorised', 1000, 0],
  ])('differs by %s that was changed by hand', (_name, changes, account, recordedMinor, postedMinor) => {
    expect(differencesOfPayment({ paymentId, payment: { ...payment, ...changes }, postings })).toEqual([
      { id: paymentId, account, recorded: euro(recordedMinor), posted: euro(postedMinor) },
    ]);
  });

  it('agrees as it was recorded, disputes included', () => {
    expect(differencesOfPayment({ paymentId, payment, postings })).toEqual([]);
    const dispute = postDispute({ key: 'd', paymentId, from: 'fulfilled', to: 'held', amount: euro(5) });
    const disputed = { ...payment, disputedMinor: 5 };
    expect(differencesOfPayment({ paymentId, payment: disputed, postings: [...postings, dispute] })).toEqual([]);
  });

  it('is not judged by a hold whose outcome is open', () => {
    const unknown = { ...payment, state: 'unknown' as const, capturedMinor: 0, refundedMinor: 0 };
    expect(differencesOfPayment({ paymentId, payment: unknown, postings: [hold] })).toEqual([]);
  });

  it('differs by all its postings when it is gone or has another currency', () => {
    const gone = differencesOfPayment({ paymentId, payment: null, postings });
    expect(gone.map(({ account, posted }) => [account, posted.amountMinor])).toEqual([
      ['captured', 800],
      ['refunded', 300],
    ]);
    const inYen = { ...payment, amount: moneyOf(1000, 'JPY') };
    expect(differencesOfPayment({ paymentId, payment: inYen, postings })).toHaveLength(4);
  });
});

describe('a refund against the ledger', () => {
  const made = { _id: 'rfd_1', state: 'succeeded' as const, amount: euro(300) };

  it('agrees when it succeeded and is posted, or did neither', () => {
    expect(differencesOfRefund({ refund: made, postings })).toEqual([]);
    expect(differencesOfRefund({ refund: { ...made, _id: 'rfd_2', state: 'pending' }, postings })).toEqual([]);
    const reversal = postRefundReversal({ key: 'rfd_1:refund:1:failed', paymentId, amount: euro(300) });
    expect(differencesOfRefund({ refund: { ...made, state: 'failed' }, postings: [...postings, reversal] })).toEqual(
      [],
    );
  });

  it('differs by its state, its amount or a missing posting', () => {
    const posted = (changes: object, of = postings) =>
      differencesOfRefund({ refund: { ...made, ...changes }, postings: of });
    expect(posted({ state: 'failed' })).toMatchObject([{ recorded: euro(0), posted: euro(300) }]);
    expect(posted({ amount: euro(200) })).toMatchObject([{ recorded: euro(200), posted: euro(300) }]);
    expect(posted({}, [hold, capture])).toMatchObject([{ recorded: euro(300), posted: euro(0) }]);
  });
});

it('describes each difference with both amounts', () => {
  const [difference] = differencesOfPayment({ paymentId, payment: { ...payment, capturedMinor: 900 }, postings });
  expect(describeDifferences([difference!])).toBe('captured is 9.00 EUR on pay_1 and 8.00 EUR in the ledger');
});
