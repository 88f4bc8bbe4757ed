import type { GatewayCall, PaymentPosition } from './payment';
import { canMovePayment } from './payment';

/**
 * The gateway's status of a payment, in a response, a look-up by key or a webhook. `failed`: the gateway itself, not
 * the bank, permanently refused the call (malformed, expired). `not_found`: the gateway never saw the key.
 */
export const gatewayStatuses = [
  'not_found',
  'requires_action',
  'authorised',
  'captured',
  'declined',
  'voided',
  'failed',
] as const;
export type GatewayStatus = (typeof gatewayStatuses)[number];

type Outcomes = Partial<Record<GatewayStatus, PaymentPosition>>;

const settled: Outcomes = { declined: 'declined', voided: 'cancelled', failed: 'failed' };

const outcomes: Partial<Record<PaymentPosition, Outcomes>> = {
  authorising: { ...settled, requires_action: 'requires_action', authorised: 'authorised' },
  requires_action: { ...settled, authorised: 'authorised' },
  authorised: { captured: 'captured', voided: 'cancelled' },
  // `authorised` changes nothing here: it is the previous state, reported late.
  capturing: { captured: 'captured', voided: 'cancelled', failed: 'failed' },
  'unknown/authorise': {
    ...settled,
    not_found: 'authorising',
    requires_action: 'requires_action',
    authorised: 'authorised',
  },
  'unknown/capture': { authorised: 'capturing', captured: 'captured', voided: 'cancelled', failed: 'failed' },
  // `authorised` and `requires_action` mean that the void did not arrive: the void is sent again with its key, and
  // nothing moves.
  'unknown/void': { not_found: 'cancelled', voided: 'cancelled', captured: 'captured', declined: 'declined' },
};

export interface PaymentAfterInput {
  position: PaymentPosition;
  status: GatewayStatus;
  /** The state after a confirmed void: `failed` where it undoes a fault. */
  voidEndsAs?: 'cancelled' | 'failed';
}

/**
 * Returns the payment's position after the gateway's `status`; null when nothing changes. Statuses that arrive twice,
 * late or out of order are therefore harmless: the payment moves only along the table.
 *
 * Before `capturing` → `failed` or `cancelled` is applied, the caller voids any remaining authorisation.
 */
export function paymentAfter({
  position,
  status,
  voidEndsAs = 'cancelled',
}: PaymentAfterInput): PaymentPosition | null {
  const next = outcomes[position]?.[status];
  if (!next) return null;
  return next === 'cancelled' ? voidEndsAs : next;
}

/**
 * Returns the payment's position after a call without a response; null when the payment is there already or that call
 * cannot be under way.
 */
export function paymentAfterSilence({
  position,
  call,
}: {
  position: PaymentPosition;
  call: GatewayCall;
}): PaymentPosition | null {
  const unknown: PaymentPosition = `unknown/${call}`;
  return canMovePayment({ from: position, to: unknown }) ? unknown : null;
}
