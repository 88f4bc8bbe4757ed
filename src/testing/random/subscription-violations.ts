import { readSandboxLedger } from '../../clients/gateways/sandbox-ledger';
import { subscriptionId as workflowIdOf } from '../../contracts/subscriptions/subscription';
import { hasEnded, subscriptionTransitions, type SubscriptionState } from '../../domain/subscriptions/subscription';
import { canTransition } from '../../domain/transitions';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Payment } from '../../models/payments/payment';
import type { Subscription } from '../../models/subscriptions/subscription';
import { failedTasksOf } from '../failed-tasks';
import { paymentViolations } from './payment-violations';
import type { SubscriptionWorld } from '../worlds/subscription-world';
import { timelineViolations } from './timeline-violations';

/**
 * Returns the violations of a subscription at rest, its invoices, payments, refunds and books; empty when there are
 * none.
 */
export async function subscriptionViolations(
  world: SubscriptionWorld,
  subscriptionId: string,
  visit?: (arrow: string) => void,
): Promise<string[]> {
  const [subscription, events, invoices] = await Promise.all([
    world.read(subscriptionId),
    world.events(subscriptionId),
    world.invoices(subscriptionId),
  ]);
  const payments = new Map((await world.payments(subscriptionId)).map((payment) => [payment._id, payment]));
  const canMove = (from: SubscriptionState, to: SubscriptionState) => canTransition(subscriptionTransitions, from, to);
  const problems = timelineViolations<SubscriptionState>(
    { events, version: subscription.version, stateOf: ({ state }) => state as SubscriptionState, canMove },
    visit,
  );
  if (events.at(-1)!.state !== subscription.state)
    problems.push(`it is ${subscription.state}, its last event says ${events.at(-1)!.state}`);
  if (subscription.charge && subscription.charge.status !== 'failed')
    problems.push(`it ended with a charge that is ${subscription.charge.status}`);
  for (const invoice of invoices)
    problems.push(
      ...invoiceProblems(invoice, payments).map(
        (problem) => `invoice ${invoice._id} (${invoice.kind}, ${invoice.state}): ${problem}`,
      ),
    );
  problems.push(...periodProblems(invoices), ...openProblems(subscription, invoices));
  const ended = events.find(({ state }) => hasEnded(state as SubscriptionState));
  problems.push(...creditProblems(subscription, invoices, refundedAtEnd(ended?.data ?? {})));
  if (ended) {
    for (const { _id, createdAt } of [...invoices, ...payments.values()])
      if (createdAt > ended.at) problems.push(`${_id} was created after the end`);
  }
  const books = await bookkeeping(world);
  for (const paymentId of payments.keys())
    problems.push(...(await paymentViolations(books, paymentId)).map((problem) => `payment ${paymentId}: ${problem}`));
  problems.push(...(await failedTasksOf(world.client, workflowIdOf(subscriptionId))));
  const { status } = await world.handle(subscriptionId).describe();
  if ((status.name === 'RUNNING') === hasEnded(subscription.state))
    problems.push(`it is ${subscription.state}, its process ${status.name}`);
  return problems;
}

const isCaptured = ({ capturedMinor }: Payment): boolean => capturedMinor > 0;
const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** Checks that an invoice adds up, is charged at most once, and is paid exactly when its money was captured. */
function invoiceProblems(
  { state, lines, subtotal, creditApplied, total: { amountMinor: due }, attempts }: Invoice,
  payments: ReadonlyMap<string, Payment>,
): string[] {
  const problems: string[] = [];
  const sum = total(lines.map(({ amount }) => amount.amountMinor));
  if (sum !== subtotal.amountMinor) problems.push(`its lines are ${sum}, its subtotal ${subtotal.amountMinor}`);
  if (due !== Math.max(0, sum) - creditApplied.amountMinor)
    problems.push(`${due} is due of ${sum} with ${creditApplied.amountMinor} of credit`);
  if (due < 0 || creditApplied.amountMinor < 0)
    problems.push(`${due} is due, ${creditApplied.amountMinor} of credit is used`);
  const made = attempts.map(({ paymentId }) => payments.get(paymentId)!);
  const captured = made.filter(isCaptured);
  if (new Set(attempts.map(({ attempt }) => attempt)).size !== attempts.length)
    problems.push('an attempt was made twice');
  if (made.some(({ amount }) => amount.amountMinor !== due)) problems.push('a payment is over another amount');
  if (captured.length > 1) problems.push(`it was charged ${captured.length} times`);
  if (captured.some(({ capturedMinor }) => capturedMinor !== due)) problems.push('another amount was captured');
  if (due > 0 && (state === 'paid') !== (captured.length === 1) && state !== 'void')
    problems.push(`${captured.length} payments were captured`);
  if (due === 0 && (state !== 'paid' || made.length > 0))
    problems.push(`nothing is due, ${made.length} payments were made`);
  if (state === 'void' && captured.some(({ capturedMinor, refundedMinor }) => capturedMinor !== refundedMinor))
    problems.push('it was voided, but its money was kept');
  if (attempts.some((attempt) => attempt.state === 'pending')) problems.push('an attempt has no outcome');
  for (const { state: recorded, paymentId } of attempts)
    if ((recorded === 'paid') !== isCaptured(payments.get(paymentId)!))
      problems.push(`the attempt with ${paymentId} is recorded as ${recorded}`);
  return problems;
}

/**
 * Checks that no time is charged twice: a period starts at the end of the previous one or later; a change cuts the
 * present period short.
 */
function periodProblems(invoices: readonly Invoice[]): string[] {
  const problems: string[] = [];
  let paidUntil = '';
  for (const { _id, kind, state, period } of invoices.filter((invoice) => invoice.state !== 'void')) {
    if (kind === 'period' && period.startAt < paidUntil)
      problems.push(
        `invoice ${_id} (${state}) is for a period from ${period.startAt}, the previous one ends at ${paidUntil}`,
      );
    if (period.endAt <= period.startAt) problems.push(`invoice ${_id} is for no time`);
    paidUntil = period.endAt;
  }
  return problems;
}

const refundedAtEnd = ({ refundMinor = 0, owedMinor = 0 }: Record<string, unknown>): number =>
  Number(refundMinor) + Number(owedMinor);

/** Checks the credit: given by invoices below zero, less the parts that others used and that the end refunded. */
function creditProblems(
  { creditBalance: { amountMinor: credit } }: Subscription,
  invoices: readonly Invoice[],
  refundMinor: number,
): string[] {
  const kept = invoices.filter(({ state }) => state !== 'void');
  const given =
    total(kept.map(({ subtotal }) => Math.max(0, -subtotal.amountMinor))) -
    total(kept.map(({ creditApplied }) => creditApplied.amountMinor));
  if (credit < 0) return [`the credit is ${credit}`];
  return credit > given || credit < given - refundMinor ? [`the credit is ${credit}, invoices gave ${given}`] : [];
}

/** Checks that at most one invoice is open, the invoice of the charge, and that no change is pending at rest. */
function openProblems(
  { state, charge, pendingChange, withdrawnCharges }: Subscription,
  invoices: readonly Invoice[],
): string[] {
  if (pendingChange || withdrawnCharges.length > 0) return [`${state}: the charge of a change has no end`];
  const open = invoices.filter((invoice) => invoice.state === 'open').map(({ _id }) => _id);
  const expected = charge?.invoiceId ? [charge.invoiceId] : [];
  if (JSON.stringify(open) !== JSON.stringify(expected))
    return [`${state}: open are ${open.join(', ') || 'none'}, charged is ${expected.join(', ') || 'none'}`];
  return [];
}

/** Reads the books of all payments in a world of subscriptions once. */
async function bookkeeping({ database, client, bank, tenantId }: SubscriptionWorld) {
  const { payments, refunds, ledgerPostings } = database.models;
  const items = await Array.fromAsync(readSandboxLedger({ ...bank, tenantId }));
  return {
    database,
    client,
    read: (paymentId: string) => payments.findById(paymentId).lean().orFail(),
    postings: (paymentId: string) => ledgerPostings.find({ paymentId }).sort({ _id: 1 }).lean(),
    async bankItems(paymentId: string) {
      const keys = [paymentId, ...(await refunds.find({ paymentId }).lean()).map(({ _id }) => _id)];
      return items.filter(({ idempotencyKey }) => keys.includes(idempotencyKey.split(':')[0]!));
    },
  };
}
