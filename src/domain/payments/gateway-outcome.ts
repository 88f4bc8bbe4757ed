import type { GatewayCall, PaymentPosition, PaymentState } from './payment';
import { canMovePayment } from './payment';

/**
 * What the gateway says about a payment, in an answer, a look-up by key or a webhook. `failed` is its final no to the
 * call under way that is not the bank's (malformed, expired); `not_found`: it never saw the key.
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
  // `authorised` is no news here: it is the state before, told late.
  capturing: { captured: 'captured', voided: 'cancelled', failed: 'failed' },
  'unknown/authorise': {
    ...settled,
    not_found: 'authorising',
    requires_action: 'requires_action',
    authorised: 'authorised',
  },
  'unknown/capture': { authorised: 'capturing', captured: 'captured', voided: 'cancelled', failed: 'failed' },
  // `authorised` and `requires_action` mean that the void did not arrive: it is sent again with its key, and nothing
  // moves.
  'unknown/void': { not_found: 'cancelled', voided: 'cancelled', captured: 'captured', declined: 'declined' },
};

export interface PaymentAfterInput {
  position: PaymentPosition;
  status: GatewayStatus;
  /** What a confirmed void makes of the payment: `failed` where it undoes a fault. */
  voidEndsAs?: 'cancelled' | 'failed';
}

/**
 * Where a payment goes when the gateway says `status`; null when that changes nothing. Answers that come twice, late or
 * in disorder are therefore harmless: only news is acted on, and only along the table.
 *
 * Before `capturing` → `failed` or `cancelled` is applied, the caller voids what may still be held.
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
 * Where a payment goes when a call was not answered; null when it is there already or that call cannot be under way.
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

/**
 * Whether the gateway holds or has taken money for a payment that ended without any: an answer that overtook the void.
 * It must be undone at once, and is a difference for the ledger's check until it is.
 */
export const isOrphanedHold = ({ state, status }: { state: PaymentState; status: GatewayStatus }): boolean =>
  (state === 'declined' || state === 'failed' || state === 'cancelled') &&
  (status === 'authorised' || status === 'captured');
