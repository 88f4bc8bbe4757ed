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
import { byId, type ListPage } from '../replies/list';
import type { components } from '../generated/openapi-types';
import type { Call, Reply } from '../pipeline/request-context';

/**
 * An operator's remedies for something that the platform could not repair. Each writes within the given session and
 * returns the updated item.
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
 * Lists, restarts and closes stuck items. The platform's operator sees every tenant, a partner's operator key its own.
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
      // A remedy may end a workflow.
      reachesOut: true,
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
            `The item is ${item.state}, so there is nothing left to do. GET /operations/stuck lists the open items.`,
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
        by: byId(1),
        present: (items) => items.map(presentStuckItem),
      });
    },
    restartStuck: (call) => actOnce(call, (input) => stuck.restart(input)),
    closeStuck: (call) => actOnce(call, (input) => stuck.close({ ...input, reason: call.body?.reason ?? null })),
  };
}

const RESTART = "Restart starts the process again from its entity's current state.";
const CLOSE =
  'Close cancels the entity and reverses its completed steps; a refund is owed, so a refund cannot be closed.';

const remedies: Record<StuckKind, string> = {
  workflow_missing: `${RESTART} ${CLOSE}`,
  workflow_orphaned:
    'If the entity was changed by hand, both remedies first restore the state of its last event; ' +
    `restart then starts the process again from there. ${CLOSE} ` +
    'If the entity ended by its own events, or is gone, restart is not possible and close only ends the process.',
  state_mismatch: `${RESTART} ${CLOSE}`,
  outbox_failing:
    'Restart sends the row again immediately. Close discards the row; its effect does not happen, which the timeline ' +
    'says of a mail.',
  mail_undeliverable:
    "Restart sends the mail again, to the recipient's present address. Close gives the mail up; the timeline of its " +
    'entity says so. A new link or a corrected address replaces a verification mail and takes it off this list.',
  outcome_unknown:
    'Restart queries the gateway immediately (except for a subscription’s payment, which has no process between two ' +
    'queries); the gateway is queried every hour anyway, and the item leaves this list once the outcome is known. ' +
    'Close gives a payment up: it ends once the gateway confirms that nothing is held. ' +
    'Closing a refund only removes it from the list.',
  amount_differs:
    'The gateway did something else than it was asked to, and nothing of it is booked. Correct it at the gateway. ' +
    'Restart queries the gateway immediately; the item leaves this list once the gateway reports the amount that was ' +
    'asked for. Close gives a payment up: it is voided, and where the gateway does not confirm that, ' +
    '/operations/compensations lists the undo to waive. Closing a refund only removes it from the list.',
  refund_failed_late:
    'Restart is not possible: under its key the refund stays failed. Refund the payment again, or return the money ' +
    'by other means, such as a bank transfer, then close the item to remove it from this list.',
  refund_owed:
    'Restart orders the failed refunds again, as far as their payments can still refund. Close records that the ' +
    'money was returned by other means, such as a bank transfer: nothing is owed then. A refund of one of the ' +
    'payments reduces the amount; the item leaves this list once nothing is owed.',
  payment_disputed:
    'Restart is not possible. Respond to the dispute at the gateway; the item leaves this list once the bank has ' +
    'decided. Close removes the item immediately.',
  fraud_warning:
    'Restart is not possible. A refund may prevent a dispute and its fee; close removes the item from this list.',
  address_blocked:
    'Restart is not possible. If the detail names a document, delete that document. If it names an index, stop the ' +
    'api processes, drop the index, and start them again, which builds it. Then close the item to remove it from ' +
    'this list. The address can then be used; until then every request for it is refused and lists it again.',
  books_differ:
    'Find out at the gateway which amount is right. Restart compares the amounts again and removes the item once ' +
    'they agree; close removes it immediately. Neither changes an amount.',
  mrr_differs:
    'Reports of subscriptions count the movements; `npm run reports:verify` names those that differ from the events. ' +
    'Correct the balance, or what is missing of the movements, in the database: the item leaves this list once they ' +
    'agree. Restart is not possible. Close only removes the item, until the customer is compared again.',
  buckets_differ:
    'Reports of long windows read these counts. Restart counts the day again from its events and postings, and ' +
    'removes the item. Close only removes it, until the day is compared again.',
  file_damaged:
    'Make the report again (`POST /reports/{reportId}/remake`): the item leaves this list once that is completed, or ' +
    'the file is removed. Restart is not possible. Close only removes the item, until the file is asked for again.',
  search_mismatch:
    'The search index does not take the present state of the listing; it is sent again every 30 seconds, and the ' +
    'item leaves this list once the index has it. Restart sends it immediately. Close only removes the item.',
  listing_sweep:
    'Every sweep leaves the listing out and tries it again, and the item leaves this list once nothing of the ' +
    'listing is due: withdraw the listing, or renew it, or correct what the detail names. Restart is not possible. ' +
    'Close only removes the item, until the next sweep.',
};

/** Returns the API representation of a stuck item, with the remedy for its kind. */
export const presentStuckItem = ({
  _id,
  state,
  kind,
  tenantId,
  entityType,
  entityId,
  detail,
  differences,
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
  differences,
  remedy: remedies[kind],
  waitingFor: state === 'open' ? { what: 'an operator to restart or close the item', until: null } : null,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
