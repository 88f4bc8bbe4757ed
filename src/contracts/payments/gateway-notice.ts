import type { DisputeStanding } from '../../domain/payments/dispute';
import type { Money } from '../../domain/money';

/** A verified webhook about a call of ours. Its receiver looks up the call, so duplicates and disorder do no harm. */
export interface GatewayNotice {
  eventId: string;
  type: string;
  tenantId: string;
  /** Key of the call that the webhook reports on, `pay_1:capture:1`. */
  idempotencyKey: string;
  authorisationId: string;
  /** True when the refund has failed, perhaps after it had succeeded. */
  refundFailed?: true;
}

/** A verified webhook about a payment method that the gateway was asked to save. */
export interface MethodReport {
  kind: 'method';
  eventId: string;
  type: string;
  tenantId: string;
  /** Key of the call that the webhook reports on, `sub_1:save:first`. */
  idempotencyKey: string;
  /** The gateway's id of the call's object. */
  setupId: string;
  state: 'saved' | 'requires_action' | 'declined';
  /** With `declined`: a code. */
  reason: string | null;
  /** With `requires_action`: the page where the customer confirms. */
  url: string | null;
}

interface PaymentWarningFields {
  eventId: string;
  type: string;
  authorisationId: string;
  /** The gateway's id of the dispute or the warning. */
  warningId: string;
  /** The gateway's code. */
  reason: string;
  /** The time at which the gateway created the event, ISO 8601: events arrive in any order. */
  reportedAt: string;
}

/** A verified webhook without a call of ours: it names the authorisation, but neither tenant nor key. */
export type PaymentWarning =
  | (PaymentWarningFields & { kind: 'dispute'; standing: DisputeStanding; amount: Money })
  | (PaymentWarningFields & { kind: 'fraud_warning' });
