export interface CheckPaymentMethodInput {
  tenantId: string;
  paymentMethod: string;
  /** The subscriber: the partner's own reference, or the id of a user of ours. */
  customerId: string;
  /** The tenant's business time, ISO 8601. */
  at: string;
}

/**
 * Refuses a payment method that the gateway knows to be unusable. Waits for the gateway only briefly: without its
 * answer the payment method is accepted, and a charge shows if it can be used.
 * @throws DomainError `PAYMENT_METHOD_UNUSABLE`
 */
export type CheckPaymentMethod = (input: CheckPaymentMethodInput) => Promise<void>;
