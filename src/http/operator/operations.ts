import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import { isId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { StuckItem, StuckKind } from '../../models/operator/stuck-item';
import { actorOf } from '../actor-of';
import { visibleTo } from '../visible-to';
import { notFound, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import type { ListPage } from '../replies/list';
import type { components } from '../generated/openapi-types';
import type { Call, Reply } from '../pipeline/request-context';

/**
 * What an operator can do with something the platform could not mend. Each writes within the session given, and answers
 * the item as it is then.
 */
export interface StuckOperations {
  restart(input: { item: StuckItem; by: Actor; session: ClientSession }): Promise<StuckItem>;
  close(input: { item: StuckItem; by: Actor; reason: string | null; session: ClientSession }): Promise<StuckItem>;
}

export interface OperationHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  stuck: StuckOperations;
}

/**
 * What could not be mended automatically. The platform's operator sees every tenant, a partner's operator key its own.
 */
export function operationHandlers({
  database,
  idempotency,
  listPage,
  stuck,
}: OperationHandlersInput): Handlers<'listStuck' | 'restartStuck' | 'closeStuck'> {
  const { stuckItems } = database.models;

  const actOnce = (
    call: Call<unknown, unknown, { stuckId: string }>,
    act: (input: { item: StuckItem; by: Actor; session: ClientSession }) => Promise<StuckItem>,
  ): Promise<Reply> =>
    idempotency.acceptOnce({
      call,
      async write(session) {
        const { stuckId } = call.params;
        const item = isId('stuckItem', stuckId)
          ? await stuckItems
              .findOne({ _id: stuckId, ...visibleTo(call.caller) })
              .session(session)
              .lean()
          : null;
        if (!item) throw notFound('stuck item');
        if (item.state !== 'open')
          throw new DomainError(
            'ILLEGAL_STATE',
            `The item is ${item.state}, so nothing is to be done about it. GET /operations/stuck lists those that are open.`,
          );
        return {
          status: 200,
          body: presentStuckItem(await act({ item, by: actorOf(call.caller, 'operator'), session })),
        };
      },
    });

  return {
    listStuck(call) {
      const { kind } = call.query;
      const filter = { ...visibleTo(call.caller), open: true, ...(kind === undefined ? {} : { kind }) };
      return listPage({
        call,
        model: stuckItems,
        filter,
        by: { field: '_id', order: 1 },
        present: (items) => items.map(presentStuckItem),
      });
    },
    restartStuck: (call) => actOnce(call, (input) => stuck.restart(input)),
    closeStuck: (call) => actOnce(call, (input) => stuck.close({ ...input, reason: call.body?.reason ?? null })),
  };
}

const CLOSE = 'Close ends the entity as cancelled and undoes what was done; a refund is owed, so it cannot be closed.';

const remedies: Record<StuckKind, string> = {
  workflow_missing: `Restart starts the process anew from the state its entity is in. ${CLOSE}`,
  workflow_orphaned: `Where the entity was changed by hand, both put it back into the state its last event tells: restart then starts the process anew from there. ${CLOSE} Where it has ended by its own events, or is gone, restart is not possible and close just ends the process.`,
  state_mismatch: `Restart starts the process anew from the state its entity is in. ${CLOSE}`,
  outbox_failing: 'Restart sends the row again at once. Close gives the row up; its effect does not happen.',
  outcome_unknown:
    'Restart looks it up at once (not a subscription’s payment, which has no process between two looks); it is looked up every hour anyway, and the item leaves this list once it is known. Close gives a payment up: it ends once the gateway confirms that nothing is held. A refund only leaves the list.',
  refund_failed_late:
    'Restart is not possible: under its key the refund stays failed. Refund the payment again, or give the money back by other means, a bank transfer for instance; close takes the item off this list then.',
  payment_disputed:
    'Restart is not possible. Answer the dispute at the gateway; the item leaves this list once the bank has decided. Close takes it off at once.',
  fraud_warning:
    'Restart is not possible. A refund may spare a dispute and its fee; close takes the item off this list.',
};

export const presentStuckItem = ({
  _id,
  state,
  kind,
  tenantId,
  entityType,
  entityId,
  detail,
  createdAt,
  updatedAt,
}: StuckItem): components['schemas']['StuckItem'] => ({
  id: _id,
  state,
  kind,
  tenantId,
  entityType,
  entityId,
  detail,
  remedy: remedies[kind],
  waitingFor: state === 'open' ? { what: 'an operator to restart or close it', until: null } : null,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
