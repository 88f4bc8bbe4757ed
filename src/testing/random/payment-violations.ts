import { commandStep } from '../../contracts/commands';
import { postingKeyOf } from '../../contracts/payments/posting-keys';
import { processPaymentId, refundPaymentId } from '../../contracts/payments/payment';
import {
  canMovePayment,
  positionOf,
  settledPaymentStates,
  type GatewayCall,
  type PaymentPosition,
  type PaymentState,
} from '../../domain/payments/payment';
import { refundTransitions, type RefundState } from '../../domain/payments/refund';
import { canTransition } from '../../domain/transitions';
import type { Event } from '../../models/event';
import { differences } from '../expect-books';
import { failedTasksOf } from '../failed-tasks';
import type { PaymentWorld } from '../worlds/payment-world';
import { timelineViolations } from './timeline-violations';

type World = Pick<PaymentWorld, 'database' | 'client' | 'read' | 'postings' | 'bankItems'>;

/** Returns the payment's position after an event. Only the event that made it unknown names the call. */
function positionAfter({ type, state, data }: Event, before: PaymentPosition | null): PaymentPosition {
  const stays = before?.startsWith('unknown/') && type !== 'payment.unknown';
  if (state === 'unknown' && stays) return before!;
  return positionOf({ state: state as PaymentState, unknownCall: (data.call as GatewayCall | undefined) ?? null });
}

/**
 * Returns the violations of an ended payment, its refunds and their books; empty when there are none.
 */
export async function paymentViolations(
  world: World,
  paymentId: string,
  visit?: (arrow: string) => void,
): Promise<string[]> {
  const { events: allEvents, refunds: allRefunds, compensations, stuckItems } = world.database.models;
  const [payment, events, refunds] = await Promise.all([
    world.read(paymentId),
    allEvents.find({ entityId: paymentId }).sort({ version: 1 }).lean(),
    allRefunds.find({ paymentId }).lean(),
  ]);
  const { state, version, amount, capturedMinor, refundedMinor, pendingRefundMinor } = payment;
  const problems = timelineViolations<PaymentPosition>(
    { events, version, stateOf: positionAfter, canMove: (from, to) => canMovePayment({ from, to }) },
    visit,
  );
  const last = events.at(-1)!;
  if (last.state !== state) problems.push(`it is ${state}, its last event says ${last.state}`);
  if (!settledPaymentStates.includes(state)) problems.push(`it ended as ${state}`);

  for (const { _id, version: refundVersion, state: refundState } of refunds) {
    const refundEvents = await allEvents.find({ entityId: _id }).sort({ version: 1 }).lean();
    const canMove = (from: RefundState, to: RefundState) => canTransition(refundTransitions, from, to);
    problems.push(
      ...timelineViolations<RefundState>(
        { events: refundEvents, version: refundVersion, stateOf: (event) => event.state as RefundState, canMove },
        visit,
      ),
    );
    if (refundState === 'pending') problems.push(`the refund ${_id} ended pending`);
  }

  const given = refunds.reduce(
    (sum, refund) => sum + (refund.state === 'succeeded' ? refund.amount.amountMinor : 0),
    0,
  );
  if (given !== refundedMinor) problems.push(`refunds of ${given} succeeded, the payment says ${refundedMinor}`);
  if (refundedMinor > capturedMinor) problems.push(`${refundedMinor} is refunded of ${capturedMinor} captured`);
  problems.push(...promisedProblems(events, capturedMinor));
  if (capturedMinor > amount.amountMinor) problems.push(`${capturedMinor} is captured of ${amount.amountMinor}`);
  if (pendingRefundMinor !== 0) problems.push(`${pendingRefundMinor} is still reserved`);
  problems.push(...(await differences(world, paymentId)).problems);
  const keys = new Set(events.map(postingKeyOf));
  for (const { _id } of await world.postings(paymentId))
    if (!keys.has(_id)) problems.push(`the posting ${_id} belongs to no event, so no report counts it`);

  const ids = [paymentId, ...refunds.map(({ _id }) => _id)];
  for (const { key, state: effect } of await compensations.find({ entityId: { $in: ids } }).lean()) {
    if (!['none', 'done', 'compensated'].includes(effect)) problems.push(`the effect ${key} ended ${effect}`);
  }
  for (const { kind } of await stuckItems.find({ entityId: { $in: ids }, open: true }).lean())
    problems.push(`${kind} is still on the operator's list`);
  for (const workflowId of [processPaymentId(paymentId), ...refunds.map(({ _id }) => refundPaymentId(_id))])
    problems.push(...(await failedTasksOf(world.client, workflowId)));
  return problems;
}

/** Checks that accepted refunds never exceed the captured amount, which the gateway would refuse anyway. */
function promisedProblems(events: readonly Event[], capturedMinor: number): string[] {
  let promised = 0;
  let most = 0;
  for (const { type, data } of events) {
    if (type === 'payment.refund_requested') promised += Number(data.amountMinor);
    if (type === 'payment.refund_failed') promised -= Number(data.amountMinor);
    most = Math.max(most, promised);
  }
  return most > capturedMinor ? [`${most} was promised to be refunded of ${capturedMinor} captured`] : [];
}

/** Returns the event that a command wrote; null when the command changed nothing. */
export const eventOfCommand = (events: readonly Event[], commandId: string): Event | null =>
  events.find(({ step }) => step === commandStep(commandId)) ?? null;
