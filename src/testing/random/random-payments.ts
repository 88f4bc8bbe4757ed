import { randomUUID } from 'node:crypto';
import { processPaymentId, refundPaymentId } from '../../contracts/payments/payment';
import { moneyOf, type Money } from '../../domain/money';
import { isPaymentAtRest } from '../../domain/payments/payment';
import { advanceWorkflowTo } from '../../temporal/time-skipping/time-skipping';
import { describeWorkflow } from '../../temporal/time-skipping/time-skipping-api';
import { outcomeOf, type SentCommand } from '../worlds/sent-command';
import type { createGatewayOutages } from '../faults/gateway-outages';
import { testActor, type PaymentWorld } from '../worlds/payment-world';
import type { PaymentMove, PaymentSequence } from './payment-sequences';
import { CHECK_EVERY_MS, makeMoves, patienceMs } from './random-moves';

const DAY_MS = 86_400_000;
/** The waits between attempts are real, and up to a minute long after an outage. */
const SETTLED_WITHIN_MS = 240_000;
/**
 * Business time of a sequence's outages. A call that the gateway has not seen for a day is not sent again and waits for
 * an operator, so it would never end here.
 */
const LONGEST_OUTAGE_MS = (20 * DAY_MS) / 24;

export type SentPaymentCommand = SentCommand<Extract<PaymentMove, { what: 'capture' | 'cancel' | 'review' }>>;

export interface PaymentSequenceResult {
  paymentId: string;
  sent: SentPaymentCommand[];
  /** The codes of refunds that were refused. */
  refundCodes: string[];
  /** Sends a command again under its id. */
  repeat: (command: SentPaymentCommand) => Promise<Pick<SentPaymentCommand, 'outcome' | 'code'>>;
}

export interface RunPaymentSequenceInput {
  world: PaymentWorld;
  gateway: ReturnType<typeof createGatewayOutages>;
  sequence: PaymentSequence;
}

/** Carries out a sequence. Then the gateway recovers, and the payment and its refunds come to their ends. */
export async function runPaymentSequence({
  world,
  gateway,
  sequence,
}: RunPaymentSequenceInput): Promise<PaymentSequenceResult> {
  const { paymentMethod, major, currency, capture, moves } = sequence;
  const customerId = `c-${randomUUID()}`;
  const whole = moneyOf(major * (currency === 'KWD' ? 1000 : 100), currency);
  const paymentId = await world.pay({ paymentMethod, amount: whole, capture, customerId });
  const refundIds: string[] = [];
  const inOutage = () => gateway.current.has(customerId);
  let inOutageMs = 0;
  const result: PaymentSequenceResult = {
    paymentId,
    sent: [],
    refundCodes: [],
    repeat: (command) => outcomeOf(() => send(command)),
  };

  const send = ({ command, commandId }: Pick<SentPaymentCommand, 'command' | 'commandId'>) => {
    if (command.what === 'capture')
      return world.command(paymentId, 'capturePayment', { commandId, amount: amountOf(whole, command.share) });
    return world.command(paymentId, command.what === 'cancel' ? 'cancelPayment' : 'reviewPayment', {
      commandId,
      ...(command.what === 'review' ? { decision: command.decision } : {}),
    });
  };
  const sendUntilKnown = async (command: SentPaymentCommand['command'], commandId: string = randomUUID()) => {
    const attempt: SentPaymentCommand = { command, commandId, outcome: null, code: null };
    result.sent.push(attempt);
    do Object.assign(attempt, await outcomeOf(() => send(attempt)));
    while (attempt.code === 'OUTCOME_PENDING' && !inOutage());
    // As in the api, a cancel after the capture is a refund of the rest.
    if (attempt.code === 'PAYMENT_CAPTURED') await refund('all');
  };
  const refund = async (part: string) => {
    const { capturedMinor } = await world.read(paymentId);
    const { outcome, code } = await outcomeOf(() =>
      world.refund(
        paymentId,
        part === 'all' ? undefined : amountOf(moneyOf(Math.max(capturedMinor, 3), currency), part),
      ),
    );
    if (code) result.refundCodes.push(code);
    if (outcome) refundIds.push(outcome);
  };
  /** Makes the move that the payment waits for. */
  const proceed = async ({ share: part, pace: own }: Extract<PaymentMove, { what: 'proceed' }>) => {
    const { state } = await world.read(paymentId);
    if (state === 'review') return sendUntilKnown({ what: 'review', decision: 'approve', pace: own });
    if (state === 'requires_action') return act({ what: 'act', decision: 'approve', pace: own });
    if (state === 'authorised') return sendUntilKnown({ what: 'capture', share: part, pace: own });
    return refund(part);
  };
  const act = async (taken: PaymentMove): Promise<unknown> => {
    switch (taken.what) {
      case 'capture':
      case 'cancel':
      case 'review':
        return sendUntilKnown(taken);
      case 'refund':
        return refund(taken.share);
      case 'proceed':
        return proceed(taken);
      case 'cancel_by_signal':
        return world
          .handle(paymentId)
          .signal('cancelPayment', { commandId: randomUUID(), by: testActor })
          .catch(ignoreEnded);
      case 'cancel_in_temporal':
        return world.handle(paymentId).cancel().catch(ignoreEnded);
      case 'repeat': {
        const last = result.sent.at(-1);
        return last && sendUntilKnown(last.command, last.commandId);
      }
      case 'act':
        return (await world.read(paymentId)).actionUrl === null
          ? undefined
          : world.act(paymentId, taken.decision).catch(() => undefined);
      case 'capture_at_the_gateway': {
        const { state, authorisationId } = await world.read(paymentId);
        return state === 'authorised' && authorisationId
          ? world.captureAtTheGateway(paymentId, amountOf(whole, taken.share).amountMinor).catch(() => undefined)
          : undefined;
      }
      case 'advance': {
        const byMs = inOutage() ? Math.min(taken.byMs, LONGEST_OUTAGE_MS - inOutageMs) : taken.byMs;
        if (inOutage()) inOutageMs += byMs;
        return Promise.all(
          [processPaymentId(paymentId), ...refundIds.map(refundPaymentId)].map((workflowId) =>
            advance(world, workflowId, byMs, inOutage()),
          ),
        );
      }
      case 'outage':
        return gateway.current.set(customerId, taken.outage);
      default:
        return gateway.current.delete(customerId);
    }
  };

  await makeMoves({ moves, act, inOutage, isAtRest: async () => isPaymentAtRest(await world.read(paymentId)) });
  gateway.current.delete(customerId);
  await settle(world, [processPaymentId(paymentId)]);
  await settle(
    world,
    (await world.database.models.refunds.find({ paymentId }).lean()).map(({ _id }) => refundPaymentId(_id)),
  );
  return result;
}

/**
 * Advances a workflow as the clock of a sandbox does. An obstacle, such as an absent gateway, ends the advance early.
 */
async function advance(
  { client }: Pick<PaymentWorld, 'client'>,
  workflowId: string,
  byMs: number,
  inOutage = false,
): Promise<void> {
  const stand = await describeWorkflow({ client, workflowId });
  await advanceWorkflowTo({
    client,
    workflowId,
    offsetMs: (stand?.offsetMs ?? 0) + byMs,
    stallAfterMs: patienceMs({ inOutage }),
    checkEveryMs: () => CHECK_EVERY_MS,
  });
}

async function settle(world: PaymentWorld, workflowIds: string[]): Promise<void> {
  const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
  for (const workflowId of workflowIds) {
    while ((await describeWorkflow({ client: world.client, workflowId }))?.running) {
      if (Date.now() > giveUpAt) throw new Error(`${workflowId} did not end within ${SETTLED_WITHIN_MS} ms`);
      await advance(world, workflowId, 8 * DAY_MS);
    }
  }
}

function amountOf(whole: Money, part: string): Money {
  const { amountMinor, currency } = whole;
  const parts: Record<string, number> = {
    all: amountMinor,
    half: Math.ceil(amountMinor / 2),
    third: Math.ceil(amountMinor / 3),
    one: 1,
    too_much: amountMinor + 1,
    nothing: 0,
  };
  return { amountMinor: parts[part] ?? 1, currency: part === 'other_currency' ? 'USD' : currency };
}

/** Ignores the error for a process that has ended and cannot be signalled. */
function ignoreEnded(error: unknown): void {
  if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
}
