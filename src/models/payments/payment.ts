import { Schema } from 'mongoose';
import type { PaymentParent, PaymentUndoing } from '../../contracts/payments/payment';
import type { Dispute } from '../../domain/payments/dispute';
import type { FraudDecision } from '../../domain/payments/fraud';
import type { Money } from '../../domain/money';
import type { CaptureMode, GatewayCall, PaymentPurpose, PaymentState } from '../../domain/payments/payment';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';

export interface Payment extends Entity {
  state: PaymentState;
  /** The call without a response that made the payment `unknown`; null in every other state. */
  unknownCall: GatewayCall | null;
  /** The instant at which the present state began, in business time. */
  since: Date;
  /** The deadline of the present state; null where it has none. */
  until: Date | null;
  amount: Money;
  /** The gateway's token; never a card number. */
  paymentMethod: string;
  /** The partner's own references. */
  customerId: string | null;
  orderRef: string | null;
  description: string | null;
  metadata: Record<string, string>;
  capture: CaptureMode;
  /** A renewal happens without the customer present. */
  purpose: PaymentPurpose;
  /**
   * The workflow that starts the payment's process, repeatedly if needed; null where the outbox starts the process,
   * once.
   */
  parent: PaymentParent | null;
  /** The amount of a capture that has begun, in minor units; null before. */
  captureMinor: number | null;
  authorisedMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  /** Reserved by refunds that are under way. */
  pendingRefundMinor: number;
  /** The amount that banks hold while they decide disputes, in minor units. */
  disputedMinor: number;
  disputes: Dispute[];
  authorisationId: string | null;
  /** The gateway's customer who is charged; null for none. Stored before the authorisation, and immutable from then. */
  gatewayCustomerId: string | null;
  /** True when the payment method was saved for that customer before the charge. */
  methodSaved: boolean;
  /** The page where the customer confirms; null unless `requires_action`. */
  actionUrl: string | null;
  fraud: { decision: FraudDecision; reasons: { rule: string; detail: string }[] } | null;
  card: { brand: string; last4: string; expiryMonth: number; expiryYear: number } | null;
  /** How the review ended; null without one, and where its time ran out. */
  review: { decision: 'approve' | 'decline' | 'cancel'; note: string | null; at: Date } | null;
  /** The reason of a decline, failure or cancellation: a code. */
  reason: string | null;
  /** The ending of an undoing that has begun. */
  undoing: PaymentUndoing | null;
  /**
   * The parent's reason to withdraw the payment: a code; null while the payment is wanted. A process that Temporal
   * cancels records this reason.
   */
  withdrawReason: string | null;
  /** The number of runs of its process that have owned the payment, and the last of them. */
  runs: number;
  lastRunId: string | null;
}

export const paymentSchema = new Schema<Payment>(
  {
    ...reconciledFields,
    unknownCall: { type: String, default: null },
    since: { type: Date, required: true },
    until: { type: Date, default: null },
    amount: { type: Schema.Types.Mixed, required: true },
    paymentMethod: { type: String, required: true },
    customerId: { type: String, default: null },
    orderRef: { type: String, default: null },
    description: { type: String, default: null },
    metadata: { type: Schema.Types.Mixed, required: true },
    capture: { type: String, required: true },
    purpose: { type: String, required: true },
    parent: { type: Schema.Types.Mixed, default: null },
    captureMinor: { type: Number, default: null },
    authorisedMinor: { type: Number, required: true },
    capturedMinor: { type: Number, required: true },
    refundedMinor: { type: Number, required: true },
    pendingRefundMinor: { type: Number, required: true },
    disputedMinor: { type: Number, required: true, default: 0 },
    disputes: { type: [Schema.Types.Mixed], default: [] } as never,
    authorisationId: { type: String, default: null },
    gatewayCustomerId: { type: String, default: null },
    methodSaved: { type: Boolean, default: false },
    actionUrl: { type: String, default: null },
    fraud: { type: Schema.Types.Mixed, default: null },
    card: { type: Schema.Types.Mixed, default: null },
    review: { type: Schema.Types.Mixed, default: null },
    reason: { type: String, default: null },
    undoing: { type: Schema.Types.Mixed, default: null },
    withdrawReason: { type: String, default: null },
    runs: { type: Number, required: true },
    lastRunId: { type: String, default: null },
  },
  { ...reconciledOptions, collection: 'payments' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, customerId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, orderRef: 1, createdAt: -1, _id: -1 })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' })
  .index({ touchedAt: 1 }, { name: 'reconciler_look' })
  // A dispute at the gateway names neither tenant nor payment.
  .index({ authorisationId: 1 });
