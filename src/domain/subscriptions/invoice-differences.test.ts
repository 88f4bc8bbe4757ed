import { moneyOf } from '../money';
import { postAuthorise, postCapture, type Posting } from '../payments/ledger';
import { differencesOfInvoice } from './invoice-differences';

const euro = (amountMinor: number) => moneyOf(amountMinor, 'EUR');

const captured = (paymentId: string, amountMinor: number): [string, Posting[]] => [
  paymentId,
  [
    postAuthorise({ key: `${paymentId}:authorise:1`, paymentId, amount: euro(1000) }),
    postCapture({ key: `${paymentId}:capture:1`, paymentId, authorised: euro(1000), captured: euro(amountMinor) }),
  ],
];
const paid = (paymentId: string, paidMinor?: number) => ({ paymentId, state: 'paid' as const, paidMinor });
const invoice = (...attempts: { paymentId: string; state: 'paid' | 'failed'; paidMinor?: number }[]) => ({
  _id: 'inv_1',
  total: euro(1000),
  attempts,
});

it('an invoice agrees with the captures of the payments that paid it, in full or in parts', () => {
  const full = { invoice: invoice(paid('pay_1')), postings: new Map([captured('pay_1', 1000)]) };
  expect(differencesOfInvoice(full)).toEqual([]);
  const parts = invoice(paid('pay_1', 400), { paymentId: 'pay_2', state: 'failed' }, paid('pay_3', 600));
  const postings = new Map([captured('pay_1', 400), captured('pay_3', 600)]);
  expect(differencesOfInvoice({ invoice: parts, postings })).toEqual([]);
});

it('an invoice differs by the part of it that no payment captured', () => {
  const postings = new Map([captured('pay_1', 400)]);
  expect(differencesOfInvoice({ invoice: invoice(paid('pay_1')), postings })).toEqual([
    { id: 'inv_1', account: 'captured', recorded: euro(1000), posted: euro(400) },
  ]);
  expect(differencesOfInvoice({ invoice: invoice(paid('pay_9', 100)), postings })).toHaveLength(1);
});
