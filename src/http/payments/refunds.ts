import { isId } from '../../domain/ids';
import { acceptRefund } from '../../services/payments/accept-refund';
import type { Database } from '../../models/database';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import type { OutboxRow } from '../../models/outbox-row';
import type { Refund } from '../../models/payments/refund';
import { actorOf } from '../actor-of';
import { etagOf } from '../replies/etag';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { byId, type ListPage } from '../replies/list';
import { presentRefund } from './present-payment';
import type { Call, Reply } from '../pipeline/request-context';
import { replyAccepted, replyCurrent, type Settling } from '../replies/settling';

export interface RefundHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/**
 * Accepts and reads refunds of captured payments. Accepting a refund reserves its amount, so that a payment's refunds
 * together never exceed the captured amount.
 */
export function refundHandlers(input: RefundHandlersInput): Handlers<'refundPayment' | 'listRefunds' | 'getRefund'> {
  const { database, idempotency, listPage, basePath, startSoon } = input;
  const { payments, refunds } = database.models;

  const settlingOf = (paymentId: string): Settling<Refund> => ({
    name: 'refund',
    model: refunds,
    find: async ({ tenantId, id }) =>
      isId('refund', id) ? refunds.findOne({ _id: id, tenantId, paymentId }).lean() : null,
    hasSettled: ({ state }) => state !== 'pending',
    present: presentRefund,
  });
  // Called first: a request for another tenant's payment stores nothing, and gets the response of an unknown id.
  const rejectUnknown = async ({
    tenantId,
    params: { paymentId },
  }: Call<unknown, unknown, { paymentId: string }>): Promise<void> => {
    const known = isId('payment', paymentId) && (await payments.exists({ _id: paymentId, tenantId }));
    if (!known) throw notFound('payment');
  };

  const accept = async (call: CallOf<'refundPayment'>): Promise<Reply> => {
    const {
      tenantId,
      caller,
      correlationId,
      body,
      params: { paymentId },
    } = call;
    return idempotency.acceptOnce({
      call,
      contended: paymentId,
      async write(session, _commandId, at) {
        const { refund, row } = await acceptRefund({
          database,
          session,
          tenantId,
          paymentId,
          amount: body?.amount,
          reason: body?.reason ?? null,
          correlationId,
          by: actorOf(caller),
          at: at.toISOString(),
          startDelayMs: OWN_SEND_MS,
        });
        const headers = {
          Location: `${basePath}/payments/${paymentId}/refunds/${refund._id}`,
          ETag: etagOf(refund.version),
        };
        return { status: 202, headers, body: presentRefund(refund), afterCommit: () => startSoon(row) };
      },
    });
  };

  return {
    async refundPayment(call) {
      await rejectUnknown(call);
      return replyAccepted({ call, reply: await accept(call), settling: settlingOf(call.params.paymentId) });
    },

    async listRefunds(call) {
      await rejectUnknown(call);
      const {
        tenantId,
        params: { paymentId },
      } = call;
      return listPage({
        call,
        model: refunds,
        filter: { tenantId, paymentId },
        by: byId(-1),
        present: (items) => items.map(presentRefund),
      });
    },

    getRefund: (call) => replyCurrent({ call, id: call.params.refundId, settling: settlingOf(call.params.paymentId) }),
  };
}
