import { isId } from '../../domain/ids';
import { acceptSubscription } from '../../services/subscriptions/accept-subscription';
import type { Clock } from '../../services/clock';
import type { Database } from '../../models/database';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import type { OutboxRow } from '../../models/outbox-row';
import type { Subscription } from '../../models/subscriptions/subscription';
import { actorOf } from '../actor-of';
import { etagOf } from '../replies/etag';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { createdWithin, type ListPage, newestFirst } from '../replies/list';
import { listEvents } from '../replies/list-events';
import type { CheckPaymentMethod } from './check-payment-method';
import { presentSubscription } from './present-subscription';
import type { Reply } from '../pipeline/request-context';
import { requireGateway, type HasGateway } from '../payments/require-gateway';
import { replyAccepted, replyCurrent, type Settling } from '../replies/settling';

export interface SubscriptionHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  clock: Clock;
  hasGateway: HasGateway;
  checkPaymentMethod: CheckPaymentMethod;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type SubscriptionOperations = 'createSubscription' | 'listSubscriptions' | 'getSubscription' | 'listSubscriptionEvents';

/** Accepts subscriptions, and reads them with their timeline. */
export function subscriptionHandlers(input: SubscriptionHandlersInput): Handlers<SubscriptionOperations> {
  const { database, idempotency, listPage, basePath, clock, hasGateway, checkPaymentMethod, startSoon } = input;
  const { subscriptions } = database.models;

  const settling: Settling<Subscription> = {
    name: 'subscription',
    model: subscriptions,
    find: async ({ tenantId, id }) =>
      isId('subscription', id) ? subscriptions.findOne({ _id: id, tenantId }).lean() : null,
    hasSettled: async ({ state, tenantId, startAt }) => state !== 'accepted' || startAt > (await clock.now(tenantId)),
    present: presentSubscription,
  };

  const accept = async (call: CallOf<'createSubscription'>): Promise<Reply> => {
    const { tenantId, caller, correlationId, body } = call;
    requireGateway({ hasGateway, tenantId });
    const at = (await clock.now(tenantId)).toISOString();
    const { paymentMethod, customerId, userId } = body;
    return idempotency.acceptOnce({
      call,
      prepare: () => checkPaymentMethod({ tenantId, paymentMethod, customerId: customerId ?? userId ?? '', at }),
      async write(session) {
        const { subscription, row } = await acceptSubscription({
          database,
          session,
          tenantId,
          ...body,
          correlationId,
          by: actorOf(caller),
          at,
          startDelayMs: OWN_SEND_MS,
        });
        const headers = {
          Location: `${basePath}/subscriptions/${subscription._id}`,
          ETag: etagOf(subscription.version),
        };
        return { status: 202, headers, body: presentSubscription(subscription), afterCommit: () => startSoon(row) };
      },
    });
  };

  return {
    createSubscription: async (call) => replyAccepted({ call, reply: await accept(call), settling }),

    listSubscriptions(call) {
      const { tenantId } = call;
      const { state, customerId, userId, planId } = call.query;
      const filter = {
        tenantId,
        ...(state === undefined ? {} : { state }),
        ...(customerId === undefined ? {} : { customerId }),
        ...(userId === undefined ? {} : { userId }),
        ...(planId === undefined ? {} : { 'item.planId': planId }),
        ...createdWithin(call.query),
      };
      return listPage({
        call,
        model: subscriptions,
        filter,
        by: newestFirst,
        present: (items) => items.map(presentSubscription),
      });
    },

    getSubscription: (call) => replyCurrent({ call, id: call.params.subscriptionId, settling }),

    async listSubscriptionEvents(call) {
      const {
        tenantId,
        params: { subscriptionId },
      } = call;
      const subscription = await settling.find({ tenantId, id: subscriptionId });
      if (!subscription) throw notFound('subscription');
      // A subscription can change only to plans in the currency of its first.
      return listEvents({
        call,
        database,
        listPage,
        entityId: subscriptionId,
        currency: subscription.item.plan.amount.currency,
      });
    },
  };
}
