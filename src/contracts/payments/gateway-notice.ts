import type { DisputeStanding } from '../../domain/payments/dispute';
import type { Money } from '../../domain/money';

/**
 * A verified webhook of a gateway about a call of ours. The way to act on one is to look the call up, so duplicates and
 * disorder do no harm.
 */
export interface GatewayNotice {
  eventId: string;
  type: string;
  tenantId: string;
  /** Key of the call that the webhook reports on, `pay_1:capture:1`. */
  idempotencyKey: string;
  authorisationId: string;
  /** The refund has failed, perhaps after it had succeeded. */
  refundFailed?: true;
}

interface PaymentWarningFields {
  eventId: string;
  type: string;
  authorisationId: string;
  /** The gateway's id of the dispute or the warning. */
  warningId: string;
  /** The gateway's code. */
  reason: string;
  /** When the gateway made the event, ISO 8601: events come in any order. */
  reportedAt: string;
}

/** A verified webhook that nobody called for: it names the authorisation and neither tenant nor key. */
export type PaymentWarning =
  | (PaymentWarningFields & { kind: 'dispute'; standing: DisputeStanding; amount: Money })
  | (PaymentWarningFields & { kind: 'fraud_warning' });
