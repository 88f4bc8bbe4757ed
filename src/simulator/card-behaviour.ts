import type { Operation } from './ledger-record';

/** The result of an authorisation of a test card. */
export type Decision = { outcome: 'authorised' | 'requires_action' } | { outcome: 'declined'; reason: string };

/** `slow` responds late, `timeout` never responds to the first call of a key; both carry out the call immediately. */
export type Fault = 'none' | 'unavailable' | 'slow' | 'timeout';

export interface CardFacts {
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  funding: 'credit' | 'debit' | 'prepaid';
}

interface DecideInput {
  purpose: 'initial' | 'renewal';
  /** Business time of the call, ISO 8601. */
  at: string;
  /** Business time at which the gateway first saw this card with this customer. */
  firstSeenAt: string;
}

interface CardBehaviour {
  last4: string;
  decide: (input: DecideInput) => Decision;
  faults?: Partial<Record<Operation, Fault>>;
  /** The number of 503 responses that every key of this card gets first. */
  unavailableTimes?: number;
  refund?: 'rejected';
  expiresNextMonth?: true;
}

const authorised: Decision = { outcome: 'authorised' };
const accept = (): Decision => authorised;
const decline = (reason: string) => (): Decision => ({ outcome: 'declined', reason });

const CARDS: Record<string, CardBehaviour> = {
  pm_ok: { last4: '4242', decide: accept },
  pm_declined: { last4: '0002', decide: decline('card_declined') },
  pm_insufficient_funds: { last4: '9995', decide: decline('insufficient_funds') },
  pm_fraud: { last4: '0019', decide: decline('fraud') },
  pm_slow: { last4: '1500', decide: accept, faults: { authorise: 'slow' } },
  pm_timeout_after_charge: { last4: '1001', decide: accept, faults: { authorise: 'timeout' } },
  pm_timeout_after_capture: { last4: '1002', decide: accept, faults: { capture: 'timeout' } },
  pm_flaky: { last4: '0503', decide: accept, unavailableTimes: 2 },
  pm_decline_on_renewal: {
    last4: '0341',
    decide: ({ purpose }) => (purpose === 'renewal' ? decline('card_declined')() : authorised),
  },
  pm_expires_next_month: {
    last4: '0069',
    expiresNextMonth: true,
    decide: ({ at, firstSeenAt }) => (hasExpired(at, firstSeenAt) ? decline('card_expired')() : authorised),
  },
  pm_requires_action: { last4: '3155', decide: () => ({ outcome: 'requires_action' }) },
  pm_refund_fails: { last4: '5126', decide: accept, refund: 'rejected' },
};

/** Every payment method token that the simulator knows. */
export const CARD_TOKENS = Object.keys(CARDS);

/** Returns the test card's behaviour; undefined for any other token. */
export function cardBehaviour(paymentMethod: string): CardBehaviour | undefined {
  return Object.hasOwn(CARDS, paymentMethod) ? CARDS[paymentMethod] : undefined;
}

/** Returns the facts printed on the card. Ordinary cards are valid for four years from the time of the call. */
export function cardFacts(
  behaviour: CardBehaviour,
  { at, firstSeenAt }: { at: string; firstSeenAt: string },
): CardFacts {
  const expiry = behaviour.expiresNextMonth
    ? expiryMonth(firstSeenAt)
    : { expMonth: 12, expYear: new Date(at).getUTCFullYear() + 4 };
  return { brand: 'visa', last4: behaviour.last4, ...expiry, funding: 'credit' };
}

function expiryMonth(firstSeenAt: string): { expMonth: number; expYear: number } {
  const seen = new Date(firstSeenAt);
  const month = seen.getUTCMonth() + 1;
  return { expMonth: (month % 12) + 1, expYear: seen.getUTCFullYear() + (month === 12 ? 1 : 0) };
}

/** A card is valid to the last moment (UTC) of the month printed on it. */
function hasExpired(at: string, firstSeenAt: string): boolean {
  const { expMonth, expYear } = expiryMonth(firstSeenAt);
  return Date.parse(at) >= Date.UTC(expYear, expMonth, 1);
}
