import StripeSdk from 'stripe';
import { WebhookSignatureInvalid } from '../gateway-errors';
import type { GatewayNotice, MethodReport, PaymentWarning } from '../../../contracts/payments/gateway-notice';
import type { DisputeStanding } from '../../../domain/payments/dispute';
import { fromStripeAmount } from './stripe-amount';
import { saveResult } from './stripe-results';

const TOLERANCE_S = 300;

/** The event types to which the endpoint at Stripe must be subscribed. */
export const stripeEventTypes = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'setup_intent.succeeded',
  'setup_intent.setup_failed',
  'setup_intent.requires_action',
] as const satisfies readonly StripeSdk.Event['type'][];

/**
 * Checks a Stripe webhook (`Stripe-Signature`, ±300 s of our real time) and returns its body as JSON; undefined for a
 * body that is not JSON. `rawBody` is the body exactly as received.
 * @throws WebhookSignatureInvalid
 */
export function verifyStripeEvent(
  rawBody: Buffer,
  signature: string | undefined,
  secret: string,
  nowMs = Date.now(),
): unknown {
  // The SDK refuses what is too old, not what comes from the future.
  const signedAtS = Number(/(?:^|,)\s*t=(\d{1,12})(?:,|$)/.exec(signature ?? '')?.[1] ?? Number.NaN);
  if (!(signedAtS - nowMs / 1000 <= TOLERANCE_S)) {
    throw new WebhookSignatureInvalid(
      `Stripe-Signature is missing or its time is more than ${TOLERANCE_S} s ahead of our clock`,
    );
  }
  try {
    // `constructEvent` would also throw for a signed event of another form.
    // If the SDK lacks its helper this throws too, so nothing passes unverified.
    StripeSdk.webhooks.signature!.verifyHeader(rawBody, signature ?? '', secret, TOLERANCE_S, undefined, nowMs);
  } catch (cause) {
    throw new WebhookSignatureInvalid('the signature does not fit or is too old', { cause });
  }
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `foreign`: concerns nothing of ours. `unknown_form`: an event of a form that this adapter does not know. */
export type StripeReport = GatewayNotice | MethodReport | PaymentWarning | 'foreign' | 'unknown_form';

/** Returns the subject of a verified event. A thin event of API v2 has no object, so its form is unknown. */
export function stripeReport(event: unknown): StripeReport {
  if (!isEvent(event)) return 'unknown_form';
  const { object } = event.data;
  switch (object.object) {
    case 'dispute':
      return disputeReport(event, object as unknown as StripeSdk.Dispute);
    case 'radar.early_fraud_warning':
      return fraudWarningReport(event, object as unknown as StripeSdk.Radar.EarlyFraudWarning);
    case 'setup_intent':
      return methodReport(event, object as unknown as StripeSdk.SetupIntent);
    default:
      return callReport(event, object);
  }
}

interface ReadableObject {
  object?: string;
  id: string;
  status?: string;
  payment_intent?: string | { id: string } | null;
  metadata?: StripeSdk.Metadata | null;
}
interface ReadableEvent {
  id: string;
  type: string;
  created: number;
  data: { object: ReadableObject };
}

function isEvent(event: unknown): event is ReadableEvent {
  const { id, type, data } = (event ?? {}) as Partial<ReadableEvent>;
  return typeof id === 'string' && typeof type === 'string' && typeof data?.object?.id === 'string';
}

const idOf = (reference: string | { id: string } | null | undefined): string | undefined =>
  typeof reference === 'string' ? reference : reference?.id;

/** Returns the tenant and the key of the call that made an object; undefined for an object that is not ours. */
function callOf({ metadata }: Pick<ReadableObject, 'metadata'>) {
  const { tenant_id: tenantId, idempotency_key: key } = metadata ?? {};
  return tenantId && key?.startsWith(`${tenantId}:`)
    ? { tenantId, idempotencyKey: key.slice(tenantId.length + 1) }
    : undefined;
}

function methodReport({ id: eventId, type }: ReadableEvent, intent: StripeSdk.SetupIntent): MethodReport | 'foreign' {
  const call = callOf(intent);
  const result = call && saveResult(intent);
  // Anything else decides nothing: the intent was cancelled, or is under way.
  if (!result) return 'foreign';
  return {
    kind: 'method',
    eventId,
    type,
    ...call,
    setupId: intent.id,
    state: result.status,
    reason: result.status === 'declined' ? result.reason : null,
    url: result.status === 'requires_action' ? result.url : null,
  };
}

function callReport({ id: eventId, type }: ReadableEvent, object: ReadableObject): GatewayNotice | 'foreign' {
  const call = callOf(object);
  const authorisationId = object.object === 'payment_intent' ? object.id : idOf(object.payment_intent);
  if (!call || !authorisationId) return 'foreign';
  // Stripe sends `refund.failed`, `refund.updated` and, where the account is older, `charge.refund.updated`: the state
  // says it in all of them.
  const refundFailed = object.object === 'refund' && ['failed', 'canceled'].includes(object.status ?? '');
  return {
    eventId,
    type,
    ...call,
    authorisationId,
    ...(refundFailed && { refundFailed }),
  };
}

/** `warning_…`: an inquiry, without a withdrawal. Source: docs.stripe.com/disputes/how-disputes-work. */
const STANDINGS: Record<string, DisputeStanding> = {
  needs_response: 'open',
  under_review: 'open',
  appeal_needs_response: 'open',
  appeal_under_review: 'open',
  won: 'won',
  warning_closed: 'won',
  prevented: 'won',
  lost: 'lost',
};

function disputeReport(event: ReadableEvent, dispute: StripeSdk.Dispute): PaymentWarning | 'foreign' {
  const authorisationId = idOf(dispute.payment_intent);
  if (!authorisationId) return 'foreign';
  const { id: warningId, status, amount, currency, reason } = dispute;
  return {
    kind: 'dispute',
    ...reportedBy(event),
    authorisationId,
    warningId,
    reason,
    standing: STANDINGS[status] ?? 'inquiry',
    amount: fromStripeAmount(amount, currency),
  };
}

function fraudWarningReport(
  event: ReadableEvent,
  warning: StripeSdk.Radar.EarlyFraudWarning,
): PaymentWarning | 'foreign' {
  const authorisationId = idOf(warning.payment_intent);
  if (!authorisationId) return 'foreign';
  return {
    kind: 'fraud_warning',
    ...reportedBy(event),
    authorisationId,
    warningId: warning.id,
    reason: warning.fraud_type,
  };
}

const reportedBy = ({ id: eventId, type, created }: ReadableEvent) => ({
  eventId,
  type,
  reportedAt: new Date(created * 1000).toISOString(),
});
