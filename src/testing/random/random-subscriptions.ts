import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { refundPaymentId } from '../../contracts/payments/payment';
import {
  subscriptionId as workflowIdOf,
  type SubscriptionCommandTerms,
  type SubscriptionUpdate,
} from '../../contracts/subscriptions/subscription';
import { moneyOf } from '../../domain/money';
import { hasEnded } from '../../domain/subscriptions/subscription';
import { changeDues, nextDue, progressOf } from '../../domain/subscriptions/subscription-progress';
import { acceptRefund } from '../../services/payments/accept-refund';
import { findPendingPaymentIds } from '../../services/subscriptions/charges/pending-payment';
import { createPaymentCommands } from '../../temporal/commands/payments/payment-commands';
import { advanceWorkflowTo } from '../../temporal/time-skipping/time-skipping';
import { describeWorkflow } from '../../temporal/time-skipping/time-skipping-api';
import { outcomeOf, type SentCommand } from '../worlds/sent-command';
import type { createGatewayOutages } from '../faults/gateway-outages';
import { CHECK_EVERY_MS, makeMoves, patienceMs } from './random-moves';
import type { PlanName, SubscriptionMove, SubscriptionSequence } from './subscription-sequences';
import { tester, type SubscriptionWorld } from '../worlds/subscription-world';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The waits between attempts are real, and up to a minute long after an outage. */
const SETTLED_WITHIN_MS = 300_000;
/** An unknown payment is queried every hour; more of these queries would test nothing new. */
const MAX_OUTAGE_MS = 12 * HOUR_MS;
const MAX_TRIES = 10;

interface Command {
  update: SubscriptionUpdate;
  terms: SubscriptionCommandTerms[SubscriptionUpdate];
  paymentMethod?: string;
}
export type SentSubscriptionCommand = SentCommand<Command>;
export interface SubscriptionSequenceResult {
  subscriptionId: string;
  sent: SentSubscriptionCommand[];
  repeat: (command: SentSubscriptionCommand) => Promise<Pick<SentSubscriptionCommand, 'outcome' | 'code'>>;
}

export interface RunSubscriptionSequenceInput {
  world: SubscriptionWorld;
  gateway: ReturnType<typeof createGatewayOutages>;
  planIds: Record<PlanName, string>;
  sequence: SubscriptionSequence;
}

/** Carries out a sequence. Then the gateway recovers, and every due step is made. */
export async function runSubscriptionSequence({
  world,
  gateway,
  planIds,
  sequence,
}: RunSubscriptionSequenceInput): Promise<SubscriptionSequenceResult> {
  const { models } = world.database;
  const customerId = `c-${randomUUID()}`;
  const { plan, startsAfterMs, moves, ending, ...terms } = sequence;
  const startAt = startsAfterMs === null ? null : new Date(Date.now() + startsAfterMs).toISOString();
  const subscriptionId = await world.subscribe({ ...terms, planId: planIds[plan], customerId, startAt });
  const workflowId = workflowIdOf(subscriptionId);
  const sent: SentSubscriptionCommand[] = [];
  const sendPayment = createPaymentCommands({ client: world.client, database: world.database, starter: world.starter });
  const nowMs = async () =>
    Date.now() + ((await describeWorkflow({ client: world.client, workflowId }))?.offsetMs ?? 0);
  const inOutage = () => gateway.current.has(customerId);
  const send = ({ command, commandId }: Pick<SentSubscriptionCommand, 'command' | 'commandId'>) =>
    world.command(subscriptionId, command.update, command.terms, { commandId, attempts: inOutage() ? 1 : undefined });

  /** During an outage a command may wait for the outcome of a change's payment: it is asked for again afterwards. */
  const untilKnown = async (given: SentSubscriptionCommand) => {
    const isOpen = (tries: number) => given.code === 'OUTCOME_PENDING' && tries <= MAX_TRIES && !inOutage();
    for (let tries = 1; tries === 1 || isOpen(tries); tries++) Object.assign(given, await outcomeOf(() => send(given)));
  };
  const sendUntilKnown = async (command: Command, commandId: string = randomUUID()) => {
    const given: SentSubscriptionCommand = { command, commandId, outcome: null, code: null };
    const isNew = sent.every((other) => other.commandId !== commandId);
    sent.push(given);
    if (command.paymentMethod && isNew)
      await world.keepPayload(commandId, subscriptionId, { paymentMethod: command.paymentMethod });
    await untilKnown(given);
  };
  const pendingPayment = async () => {
    const subscription = await world.read(subscriptionId);
    const [paymentId] = await findPendingPaymentIds({ database: world.database, subscription });
    return paymentId ? models.payments.findById(paymentId).lean() : null;
  };
  const isAtRest = async () => {
    const { state, charge, pendingChange, withdrawnCharges } = await world.read(subscriptionId);
    const isFree = pendingChange === null && withdrawnCharges.length === 0;
    const isCharged = charge === null ? state === 'accepted' && startsAfterMs === null : charge.status !== 'failed';
    if (hasEnded(state) || (isFree && !isCharged)) return true;
    const payment = await pendingPayment();
    return (
      payment !== null && payment.chain === null && ['review', 'requires_action', 'unknown'].includes(payment.state)
    );
  };
  const refundByHand = async (share: number) => {
    const { database, tenantId } = world;
    const last = (await world.payments(subscriptionId)).findLast(
      ({ state }) => state === 'captured' || state === 'partially_refunded',
    );
    if (!last) return;
    const amount = moneyOf(Math.ceil(last.capturedMinor / share), last.amount.currency);
    const at = new Date(await nowMs()).toISOString();
    await outcomeOf(() =>
      database.inTransaction((session) =>
        acceptRefund({
          database,
          session,
          tenantId,
          paymentId: last._id,
          amount,
          correlationId: 'test',
          by: tester,
          at,
        }),
      ),
    );
  };
  /** Decides about a waiting payment as a person does. */
  const decide = async (decision: 'approve' | 'decline' | 'withdraw'): Promise<unknown> => {
    const payment = await pendingPayment();
    if (!payment) return null;
    const at = new Date(await nowMs()).toISOString();
    const about = { tenantId: world.tenantId, paymentId: payment._id, commandId: randomUUID(), by: tester, at };
    if (decision === 'withdraw') return outcomeOf(() => sendPayment({ ...about, command: 'cancelPayment' }));
    if (payment.actionUrl)
      return fetch(payment.actionUrl, {
        method: 'POST',
        body: new URLSearchParams({ decision }),
        redirect: 'manual',
      }).then((response) => response.text());
    return outcomeOf(() => sendPayment({ ...about, command: 'reviewPayment', decision }));
  };
  const advance = async (byMs: number) => {
    for (let left = inOutage() ? Math.min(byMs, MAX_OUTAGE_MS) : byMs; left > 0; left -= 10 * DAY_MS) {
      const stand = await describeWorkflow({ client: world.client, workflowId });
      const offsetMs = (stand?.offsetMs ?? 0) + Math.min(left, 10 * DAY_MS);
      if (
        await advanceWorkflowTo({
          client: world.client,
          workflowId,
          offsetMs,
          stallAfterMs: patienceMs({ inOutage: inOutage() }),
          checkEveryMs: () => CHECK_EVERY_MS,
        })
      )
        return;
    }
  };
  /** Makes the move that brings the subscription back into use. */
  const proceed = async () => {
    const { state, waiting } = await world.read(subscriptionId);
    if (state === 'paused') return sendUntilKnown({ update: 'resumeSubscription', terms: {} });
    if (state === 'incomplete' || state === 'past_due' || state === 'unpaid')
      return sendUntilKnown({ update: 'updatePaymentMethod', terms: {}, paymentMethod: 'pm_ok' });
    if (waiting) return sendUntilKnown({ update: 'undoSubscriptionChange', terms: {} });
    return sendUntilKnown({ update: 'changePlan', terms: { planId: planIds.better, when: 'now' } });
  };
  const act = async (taken: SubscriptionMove): Promise<unknown> => {
    switch (taken.what) {
      case 'advance':
        return advance(taken.byMs);
      case 'proceed':
        return proceed();
      case 'changePlan':
        return sendUntilKnown({
          update: taken.what,
          terms: {
            planId: planIds[taken.plan],
            when: taken.when,
            ...(taken.quantity === undefined ? {} : { quantity: taken.quantity }),
          },
        });
      case 'pauseSubscription':
        return sendUntilKnown({
          update: taken.what,
          terms:
            taken.resumeAfterMs === null
              ? {}
              : { resumeAt: new Date((await nowMs()) + taken.resumeAfterMs).toISOString() },
        });
      case 'resumeSubscription':
      case 'undoSubscriptionChange':
        return sendUntilKnown({ update: taken.what, terms: {} });
      case 'cancelSubscription':
        return sendUntilKnown({ update: taken.what, terms: { when: taken.when, refund: taken.refund } });
      case 'updatePaymentMethod':
        return sendUntilKnown({ update: taken.what, terms: {}, paymentMethod: taken.method });
      case 'repeat': {
        const last = sent.at(-1);
        return last && sendUntilKnown(last.command, last.commandId);
      }
      case 'refund_by_hand':
        return refundByHand(taken.share);
      case 'approve':
      case 'decline':
      case 'withdraw':
        return decide(taken.what);
      case 'outage':
        return gateway.current.set(customerId, taken.outage);
      case 'gateway_recovers':
        return gateway.current.delete(customerId);
      default:
        return world.handle(subscriptionId).cancel();
    }
  };
  const isSettled = async () => {
    const stand = await describeWorkflow({ client: world.client, workflowId });
    // The workflow may not have handled the last message: Temporal accepts its own cancellation before it takes effect.
    if (stand?.running && stand.busyWith !== null) return false;
    const subscription = await world.read(subscriptionId);
    if (hasEnded(subscription.state)) return !stand?.running;
    const progress = progressOf(subscription);
    if (changeDues(progress).length > 0) return false;
    const due = nextDue(progress);
    return due === null || (due.at !== null && Date.parse(due.at) > (await nowMs()));
  };
  const settle = async () => {
    for (const giveUpAt = Date.now() + SETTLED_WITHIN_MS; !(await isSettled()); await setTimeout(CHECK_EVERY_MS)) {
      if (Date.now() > giveUpAt)
        throw new Error(`${subscriptionId} did not come to rest: ${JSON.stringify(await world.read(subscriptionId))}`);
      if ((await isAtRest()) && !(await isSettled())) await advance(3 * HOUR_MS);
    }
  };

  await makeMoves({ moves, act, isAtRest, inOutage });
  gateway.current.delete(customerId);
  await settle();
  for (const given of sent.filter(({ code }) => code === 'OUTCOME_PENDING')) await untilKnown(given);
  if (ending !== 'stays')
    await sendUntilKnown({ update: 'cancelSubscription', terms: { when: 'now', refund: ending } });
  await settle();
  await endRefunds();
  return { subscriptionId, sent, repeat: (given) => outcomeOf(() => send(given)) };

  async function endRefunds(): Promise<void> {
    const paymentIds = (await world.payments(subscriptionId)).map(({ _id }) => _id);
    const refundIds = (await models.refunds.find({ paymentId: { $in: paymentIds } }).lean()).map(({ _id }) => _id);
    for (const row of await models.outbox
      .find({ entityId: { $in: refundIds }, open: true, pending: 'temporal' })
      .lean())
      await world.starter.start(row);
    for (const refundId of refundIds) await world.client.workflow.getHandle(refundPaymentId(refundId)).result();
  }
}
