import { newId } from '../../domain/ids';

export interface StripeObjectsInput {
  tenantId: string;
  paymentId: string;
  refundId: string;
  /** The id of the payment intent at Stripe. */
  intentId: string;
}

/** Returns builders for the objects of Stripe's events about one payment and one refund. Amounts are EUR cents. */
export function stripeObjects({ tenantId, paymentId, refundId, intentId }: StripeObjectsInput) {
  const metadata = (key: string) => ({ tenant_id: tenantId, idempotency_key: `${tenantId}:${key}` });
  return {
    intent: (status: string) => ({
      id: intentId,
      object: 'payment_intent',
      status,
      metadata: metadata(`${paymentId}:authorise:1`),
    }),
    refund: (status: string) => ({
      id: 're_1',
      object: 'refund',
      status,
      payment_intent: intentId,
      metadata: metadata(`${refundId}:refund:1`),
    }),
    dispute: (id: string, status: string, amountMinor = 500) => ({
      id,
      object: 'dispute',
      status,
      payment_intent: intentId,
      charge: 'ch_1',
      amount: amountMinor,
      currency: 'eur',
      reason: 'fraudulent',
      metadata: {},
    }),
    setup: (subscriptionId: string, more: object = {}) => ({
      id: `seti_${subscriptionId}`,
      object: 'setup_intent',
      status: 'succeeded',
      metadata: metadata(`${subscriptionId}:save:first`),
      ...more,
    }),
    warning: (id: string) => ({
      id,
      object: 'radar.early_fraud_warning',
      payment_intent: intentId,
      charge: 'ch_1',
      fraud_type: 'made_with_stolen_card',
      actionable: true,
    }),
  };
}

/** Returns an object that fits an event of this type. */
export function stripeObjectFor(type: string, objects: ReturnType<typeof stripeObjects>): object {
  if (type.startsWith('payment_intent.')) return objects.intent('requires_capture');
  if (type === 'refund.created') return objects.refund('pending');
  if (type.includes('refund')) return objects.refund('failed');
  if (type.startsWith('setup_intent.')) return objects.setup(newId('subscription'));
  if (type.includes('dispute')) {
    const status = type === 'charge.dispute.closed' ? 'lost' : 'needs_response';
    return objects.dispute(`dp_${newId('event')}`, type.endsWith('reinstated') ? 'won' : status);
  }
  return objects.warning(`issfr_${newId('event')}`);
}
