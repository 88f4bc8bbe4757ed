import { Schema } from 'mongoose';
import type { GatewayName } from '../../domain/tenant';
import { schemaOptions } from '../schema-options';

/**
 * One event that a gateway reported: the inbox of its webhooks. The id is the gateway's own, so that each event is
 * processed once.
 */
export interface GatewayEvent {
  /** `stripe:evt_…` */
  _id: string;
  tenantId: string;
  gateway: GatewayName;
  type: string;
  /** The key of the call that the event is about, `pay_1:capture:1`; null for a dispute or a fraud warning. */
  idempotencyKey: string | null;
  authorisationId: string;
  /** The row that notifies the process concerned; null where no process waits for the event. */
  outboxRowId: string | null;
  /** Real time. */
  receivedAt: Date;
}

/** Longer than any gateway repeats an event. */
const KEPT_SECONDS = 90 * 24 * 3600;

export const gatewayEventSchema = new Schema<GatewayEvent>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    gateway: { type: String, required: true },
    type: { type: String, required: true },
    idempotencyKey: { type: String, default: null },
    authorisationId: { type: String, required: true },
    outboxRowId: { type: String, default: null },
    receivedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'gateway_events' },
)
  .index({ tenantId: 1, idempotencyKey: 1 })
  .index({ receivedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
