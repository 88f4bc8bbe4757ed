import type { EventType } from '../../contracts/events';
import type { Database } from '../../models/database';
import { markDone } from '../../services/outbox';
import { recordRefundResult, type RefundResult } from '../../services/subscriptions/refund-results';
import type { ApplyRows } from '../relay/apply-inline';

const results: Partial<Record<EventType, RefundResult>> = {
  'refund.succeeded': 'succeeded',
  'refund.failed': 'failed',
  'refund.failed_late': 'failed_late',
};

/**
 * Records the result of each refund on the subscription that it concerns, once however often a row is applied. Each is
 * a transaction of its own: several refunds of one subscription would change its document in one.
 */
export function createRecordRefunds({ database }: { database: Database }): ApplyRows {
  return async (rows) => {
    for (const { _id: rowId, tenantId, entityId: refundId, eventId } of rows) {
      const event = await database.models.events.findOne({ _id: eventId ?? '', tenantId }, { type: 1, at: 1 }).lean();
      const result = event && results[event.type];
      if (result) await recordRefundResult({ database, tenantId, refundId, result, at: event.at.toISOString() });
      await markDone({ database, rowId, consumer: 'refunds' });
    }
  };
}
