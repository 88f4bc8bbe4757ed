import { paymentRefusals, type RunningPaymentCommand } from '../../contracts/payments/payment';
import { DomainError } from '../../domain/domain-error';
import { isId, newId } from '../../domain/ids';
import { acceptRefund } from '../../services/payments/accept-refund';
import type { Clock } from '../../services/clock';
import type { Database } from '../../models/database';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import type { OutboxRow } from '../../models/outbox-row';
import type { SendPaymentCommand, SendPaymentCommandInput } from '../../temporal/commands/payments/payment-commands';
import { actorOf } from '../actor-of';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { keepPayload } from '../replies/keep-payload';
import type { Call, Reply } from '../pipeline/request-context';

export interface PaymentCommandHandlersInput {
  database: Database;
  idempotency: Idempotency;
  sendPaymentCommand: SendPaymentCommand;
  basePath: string;
  clock: Clock;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type CommandCall = Call<unknown, unknown, { paymentId: string }>;

/** Sends each command on a payment to its process, and responds once the process has accepted the command. */
export function paymentCommandHandlers(
  input: PaymentCommandHandlersInput,
): Handlers<'capturePayment' | 'cancelPayment' | 'reviewPayment'> {
  const { database, idempotency, sendPaymentCommand, basePath, clock, startSoon } = input;
  const { payments, refunds } = database.models;

  /** Checks first that the payment is the caller's, so that a request for another tenant's payment stores nothing. */
  const commandOnce = async (
    call: CommandCall,
    send: (input: Pick<SendPaymentCommandInput, 'commandId' | 'at'>) => Promise<object>,
  ): Promise<Reply> => {
    const {
      tenantId,
      params: { paymentId },
    } = call;
    const known =
      isId('payment', paymentId) &&
      (await payments.findOne({ _id: paymentId, tenantId }, { tenantId: 1, updatedAt: 1 }).lean());
    if (!known) throw notFound('payment');
    const at = (await clock.nowFor(known)).toISOString();
    return idempotency.commandOnce({
      call,
      send: async (commandId) => ({
        status: 200,
        headers: { 'Content-Location': `${basePath}/payments/${paymentId}` },
        body: { id: paymentId, ...(await send({ commandId, at })) },
      }),
    });
  };
  const about = ({ tenantId, params: { paymentId }, caller }: CommandCall, command: RunningPaymentCommand) => ({
    tenantId,
    paymentId,
    command,
    by: actorOf(caller, command === 'reviewPayment' ? 'review' : 'write'),
  });

  /** Returns the refund that a cancel led to, or null. Its id is fixed per command, so that a repeat finds it. */
  const findRefund = async (
    { tenantId, params: { paymentId } }: CommandCall,
    refundId: string,
  ): Promise<object | null> => {
    const refund = await refunds.findOne({ _id: refundId, tenantId, paymentId }, { tenantId: 1, createdAt: 1 }).lean();
    if (!refund) return null;
    const { state } = await payments.findOne({ _id: paymentId, tenantId }, { state: 1 }).lean().orFail();
    return { state, at: refund.createdAt.toISOString(), refundId };
  };

  /** Refunds all that is left: a cancel after the capture is a refund. */
  const refundTheRest = async ({
    call,
    refundId,
    at,
  }: {
    call: CallOf<'cancelPayment'>;
    refundId: string;
    at: string;
  }): Promise<object> => {
    const {
      tenantId,
      correlationId,
      caller,
      body,
      params: { paymentId },
    } = call;
    try {
      const { row } = await database.inTransaction((session) =>
        acceptRefund({
          database,
          session,
          tenantId,
          paymentId,
          refundId,
          reason: body?.reason ?? null,
          correlationId,
          by: actorOf(caller),
          at,
          startDelayMs: OWN_SEND_MS,
        }),
      );
      startSoon(row);
    } catch (error) {
      // A concurrent repeat of this request may have created the refund first.
      if (!(await findRefund(call, refundId))) throw error;
    }
    return (await findRefund(call, refundId))!;
  };

  return {
    capturePayment: (call) =>
      commandOnce(call, (command) =>
        sendPaymentCommand({ ...about(call, 'capturePayment'), ...command, amount: call.body?.amount }),
      ),

    reviewPayment: (call) =>
      commandOnce(call, async (command) => {
        const {
          tenantId,
          params: { paymentId },
          body: { decision, note = null },
        } = call;
        await keepPayload({ database, tenantId, entityId: paymentId, commandId: command.commandId, payload: { note } });
        return sendPaymentCommand({ ...about(call, 'reviewPayment'), ...command, decision });
      }),

    cancelPayment: (call) =>
      commandOnce(call, async (command) => {
        const {
          tenantId,
          params: { paymentId },
          body,
        } = call;
        const { commandId, at } = command;
        const { refundId } = await keepPayload({
          database,
          tenantId,
          entityId: paymentId,
          commandId,
          payload: { reason: body?.reason ?? null, refundId: newId('refund') },
        });
        try {
          return { ...(await sendPaymentCommand({ ...about(call, 'cancelPayment'), ...command })), refundId: null };
        } catch (error) {
          // The refund of an earlier attempt may have ended the payment, which then rejects the repeat.
          const earlier = await findRefund(call, refundId);
          if (earlier) return earlier;
          if (!(error instanceof DomainError) || error.code !== paymentRefusals.captured) throw error;
          return refundTheRest({ call, refundId, at });
        }
      }),
  };
}
