import { isId } from '../../domain/ids';
import { isPaymentAtRest } from '../../domain/payments/payment';
import { acceptPayment } from '../../services/payments/accept-payment';
import type { Database } from '../../models/database';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import type { OutboxRow } from '../../models/outbox-row';
import type { Payment } from '../../models/payments/payment';
import { actorOf } from '../actor-of';
import { etagOf } from '../replies/etag';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { createdWithin, type ListPage, newestFirst } from '../replies/list';
import { listEvents } from '../replies/list-events';
import { presentPayment } from './present-payment';
import type { Reply } from '../pipeline/request-context';
import { requireGateway, type HasGateway } from './require-gateway';
import { replyAccepted, replyCurrent, type Settling } from '../replies/settling';

export interface PaymentHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  hasGateway: HasGateway;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type PaymentOperations = 'createPayment' | 'initializePayment' | 'listPayments' | 'getPayment' | 'listPaymentEvents';

/** Accepts payments, and reads them with their timeline. */
export function paymentHandlers(input: PaymentHandlersInput): Handlers<PaymentOperations> {
  const { database, idempotency, listPage, basePath, hasGateway, startSoon } = input;
  const { payments } = database.models;

  const settling: Settling<Payment> = {
    name: 'payment',
    model: payments,
    find: async ({ tenantId, id }) => (isId('payment', id) ? payments.findOne({ _id: id, tenantId }).lean() : null),
    hasSettled: isPaymentAtRest,
    present: presentPayment,
  };

  const accept = async (call: CallOf<'createPayment'>): Promise<Reply> => {
    const { tenantId, caller, correlationId, body } = call;
    requireGateway({ hasGateway, tenantId });
    return idempotency.acceptOnce({
      call,
      async write(session, _commandId, at) {
        const { payment, row } = await acceptPayment({
          database,
          session,
          tenantId,
          ...body,
          correlationId,
          by: actorOf(caller),
          at: at.toISOString(),
          startDelayMs: OWN_SEND_MS,
        });
        const headers = { Location: `${basePath}/payments/${payment._id}`, ETag: etagOf(payment.version) };
        return { status: 202, headers, body: presentPayment(payment), afterCommit: () => row && startSoon(row) };
      },
    });
  };
  const create = async (call: CallOf<'createPayment'>): Promise<Reply> =>
    replyAccepted({ call, reply: await accept(call), settling });

  return {
    createPayment: create,
    initializePayment: create,

    listPayments(call) {
      const { tenantId } = call;
      const { state, customerId, orderRef } = call.query;
      const filter = {
        tenantId,
        ...(state === undefined ? {} : { state }),
        ...(customerId === undefined ? {} : { customerId }),
        ...(orderRef === undefined ? {} : { orderRef }),
        ...createdWithin(call.query),
      };
      return listPage({
        call,
        model: payments,
        filter,
        by: newestFirst,
        present: (items) => items.map(presentPayment),
      });
    },

    getPayment: (call) => replyCurrent({ call, id: call.params.paymentId, settling }),

    async listPaymentEvents(call) {
      const { tenantId } = call;
      const { paymentId } = call.params;
      const payment = await settling.find({ tenantId, id: paymentId });
      if (!payment) throw notFound('payment');
      return listEvents({ call, database, listPage, entityId: paymentId, currency: payment.amount.currency });
    },
  };
}
