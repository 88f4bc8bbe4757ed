import type { EventType } from '../../contracts/events';
import type { Database } from '../../models/database';
import { markDone } from '../../services/outbox';
import { recordRefundResult, type RefundResult } from '../../services/subscriptions/refund-results';
import type { ActOnRow } from '../relay/consume-row';

const results: Partial<Record<EventType, RefundResult>> = {
  'refund.succeeded': 'succeeded',
  'refund.failed': 'failed',
  'refund.failed_late': 'failed_late',
};

/** Records the result of a refund on the subscription that it concerns, once however often the row is handled. */
export function createRecordRefund({ database }: { database: Database }): ActOnRow {
  return async ({ _id: rowId, tenantId, entityId: refundId, eventId }) => {
    const event = await database.models.events.findOne({ _id: eventId ?? '', tenantId }, { type: 1, at: 1 }).lean();
    const result = event && results[event.type];
    if (result) await recordRefundResult({ database, tenantId, refundId, result, at: event.at.toISOString() });
    return markDone({ database, rowId, consumer: 'refunds' });
  };
}
