import { ledgerProblems, paymentProblems } from '../domain/payments/ledger-check';
import { balance } from '../domain/payments/ledger';
import { settledPaymentStates } from '../domain/payments/payment';
import { postingOf } from '../models/payments/ledger-posting';
import { recordHistory } from './histories/record-history';
import type { PaymentWorld } from './worlds/payment-world';

/** The totals of one payment in the gateway's books; amounts in minor units. */
export interface BankTotals {
  held: number;
  captured: number;
  refunded: number;
  /** The number of authorisations, captures and voids. */
  authorisations: number;
  captures: number;
  voids: number;
}

/**
 * Waits for the end of a payment's process and expects the payment, our books and the gateway's to agree. Returns the
 * payment with the result of its process and the gateway's totals.
 */
export async function endedPayment(world: PaymentWorld, paymentId: string, historyName?: string) {
  const result = await world.handle(paymentId).result();
  if (historyName) await recordHistory(`payment-${historyName}`, world.handle(paymentId));
  const { problems, bank } = await differences(world, paymentId);
  expect(problems).toEqual([]);
  return { ...(await world.read(paymentId)), result, bank };
}

/**
 * Compares the payment, our ledger and the gateway's own books. `problems` is empty when all three agree: nothing lost,
 * doubled, charged but unpaid or paid but uncharged.
 */
export async function differences(
  world: Pick<PaymentWorld, 'read' | 'postings' | 'bankItems'>,
  paymentId: string,
): Promise<{ problems: string[]; bank: BankTotals }> {
  const [payment, postings, items] = await Promise.all([
    world.read(paymentId),
    world.postings(paymentId),
    world.bankItems(paymentId),
  ]);
  const totals = balance({ postings: postings.map(postingOf), currency: payment.amount.currency });
  const { state, authorisedMinor, capturedMinor, refundedMinor, disputedMinor } = payment;
  const problems = [
    ...ledgerProblems(postings.map(postingOf)),
    ...paymentProblems({ paymentId, state, authorisedMinor, capturedMinor, refundedMinor, disputedMinor, totals }),
  ].map(({ detail }) => detail);

  const sum = (outcome: string) =>
    items.filter((item) => item.outcome === outcome).reduce((total, { amount }) => total + amount.amountMinor, 0);
  const count = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
  const closed = count('captured') + count('voided') > 0;
  const bank = {
    held: closed ? 0 : sum('authorised'),
    captured: sum('captured'),
    refunded: sum('refunded'),
    authorisations: count('authorised'),
    captures: count('captured'),
    voids: count('voided'),
  };
  const held = state === 'authorised' || state === 'capturing' ? authorisedMinor : 0;
  for (const [what, ours, theirs] of [
    ['captured', capturedMinor, bank.captured],
    ['refunded', refundedMinor, bank.refunded],
    ['held', held, bank.held],
  ] as const) {
    if (ours !== theirs)
      problems.push(`${paymentId} (${state}): ${what} is ${ours} with us and ${theirs} at the gateway`);
  }
  for (const [event, theirs] of [
    ['authorise', bank.authorisations],
    ['capture', bank.captures],
  ] as const) {
    const ours = postings.filter((posting) => posting.event === event).length;
    if (settledPaymentStates.includes(state) && ours !== theirs)
      problems.push(`${paymentId} (${state}): ${ours} × ${event} in our books and ${theirs} at the gateway`);
  }
  if (bank.authorisations > 1 || bank.captures > 1) problems.push(`${paymentId}: charged more than once`);
  return { problems, bank };
}
