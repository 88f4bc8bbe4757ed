/**
 * A verified webhook of a gateway. The way to act on one is to look the call up, so duplicates and disorder do no harm.
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
