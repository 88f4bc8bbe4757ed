import type { GatewayNotice } from '../../contracts/payments/gateway-notice';
import { gatewayReported, refundPaymentId } from '../../contracts/payments/payment';
import { isId } from '../../domain/ids';
import { gatewayOf, type GatewayName } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { OutboxRow } from '../../models/outbox-row';
import type { GatewayEvent } from '../../models/payments/gateway-event';
import { createClock } from '../clock';
import { insertDocuments } from '../insert-documents';
import { newOutboxRow, OWN_SEND_MS } from '../new-outbox-row';
import { recordRefundFailure } from './late-refund-failure';
import { paymentSignal } from './payment-signal';

export interface KeepGatewayEventInput {
  database: Database;
  gateway: GatewayName;
  notice: GatewayNotice;
  correlationId: string;
}

/**
 * Stores an event and, in the same transaction, the row that notifies the process that waits for it. Returns that row,
 * to be sent after the commit; null for an event that was stored before, or that no process waits for. The partner and
 * the operator are notified of a refund that fails after it had succeeded. Most events are waited for by nobody: such
 * an event is one insert.
 */
export async function keepGatewayEvent({
  database,
  gateway,
  notice,
  correlationId,
}: KeepGatewayEventInput): Promise<OutboxRow | null> {
  const { gatewayEvents, outbox } = database.models;
  const { eventId, tenantId, type, idempotencyKey, authorisationId } = notice;
  // A gateway cannot report about the other mode, whatever it signs.
  if (gatewayOf(tenantId) !== gateway) return null;
  const _id = `${gateway}:${eventId}`;
  const listener = await findListener(database, notice);
  const row =
    listener &&
    newOutboxRow({
      tenantId,
      entityType: listener.entityType,
      entityId: listener.entityId,
      correlationId,
      pending: ['temporal'],
      delayMs: OWN_SEND_MS,
      signal: listener.signal,
    });
  const event: GatewayEvent = {
    _id,
    tenantId,
    gateway,
    type,
    idempotencyKey,
    authorisationId,
    outboxRowId: row?._id ?? null,
    receivedAt: new Date(),
  };
  try {
    if (!row && !notice.refundFailed) {
      await insertDocuments({ model: gatewayEvents, documents: [event] });
      return null;
    }
    await database.inTransaction(async (session) => {
      await insertDocuments({ model: gatewayEvents, documents: [event], session });
      if (row) await insertDocuments({ model: outbox, documents: [row], session });
      if (notice.refundFailed) {
        const at = (await createClock({ database }).now(tenantId)).toISOString();
        await recordRefundFailure({ database, session, tenantId, idempotencyKey, at });
      }
    });
    return row;
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/**
 * Returns the process that waits for a report about this call. While the call itself is under way no process waits: a
 * process that gets no response reads the gateway's books before it waits, so it finds earlier reports.
 */
async function findListener(database: Database, { tenantId, idempotencyKey }: GatewayNotice) {
  const { models } = database;
  const [entityId = ''] = idempotencyKey.split(':');
  if (isId('refund', entityId)) {
    const waits = await models.refunds.exists({ _id: entityId, tenantId, state: 'pending' });
    return (
      waits &&
      ({
        entityType: 'refund',
        entityId,
        signal: { workflowId: refundPaymentId(entityId), name: gatewayReported.name },
      } as const)
    );
  }
  if (!isId('payment', entityId)) return null;
  const waits = await models.payments
    .findOne({ _id: entityId, tenantId, state: { $in: ['unknown', 'requires_action'] } })
    .lean();
  return waits && ({ entityType: 'payment', entityId, signal: paymentSignal(waits) } as const);
}
