/** A verified webhook of a gateway. Its receiver looks up the call, so duplicates and disorder do no harm. */
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
