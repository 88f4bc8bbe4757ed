import type { Money } from '../money';

/** The gateway's description of a payment method. Never includes a card number. */
export interface PaymentMethodFacts {
  brand: string;
  last4: string;
  /** 1–12. */
  expiryMonth: number;
  /** Four digits. */
  expiryYear: number;
  /** False when the payment method was removed, blocked or reported stolen. */
  usable: boolean;
  /** Currencies that the payment method can pay in; null for all. */
  currencies: readonly string[] | null;
}

export interface CardProblem {
  code: 'card_expired' | 'card_invalid' | 'card_unusable' | 'card_currency_unsupported';
  detail: string;
}

export interface ValidateCardInput {
  /** Null when the gateway does not know the payment method. */
  facts: PaymentMethodFacts | null;
  amount: Money;
  /** The instant of the charge, ISO 8601. */
  at: string;
}

/**
 * Returns the reasons why a card cannot be charged; empty when it can be. A decline is a result, so nothing is thrown.
 */
export function cardProblems({ facts, amount, at }: ValidateCardInput): CardProblem[] {
  if (!facts)
    return [{ code: 'card_invalid', detail: 'The gateway does not know the payment method: collect it again.' }];
  const problems: CardProblem[] = [];
  const { expiryMonth, expiryYear, usable, currencies } = facts;
  const isDate =
    Number.isInteger(expiryMonth) &&
    expiryMonth >= 1 &&
    expiryMonth <= 12 &&
    Number.isInteger(expiryYear) &&
    expiryYear >= 1000 &&
    expiryYear <= 9999;
  if (!isDate) {
    problems.push({
      code: 'card_invalid',
      detail: `The expiry ${expiryMonth}/${expiryYear} is not a valid month and year.`,
    });
  } else if (Date.parse(at) >= Date.parse(cardExpiresAt(facts))) {
    problems.push({
      code: 'card_expired',
      detail: `The card expired at the end of ${expiryMonth}/${expiryYear}: request a new card.`,
    });
  }
  if (!usable)
    problems.push({ code: 'card_unusable', detail: 'The payment method was removed or blocked: request another.' });
  if (currencies && !currencies.includes(amount.currency)) {
    problems.push({
      code: 'card_currency_unsupported',
      detail: `The payment method cannot pay in ${amount.currency}.`,
    });
  }
  return problems;
}

/**
 * Returns the first instant at which a card has expired. A card is valid through the last day of its month, wherever
 * its holder is: that day ends last at UTC−12. Before a renewal this decides if the customer needs a new card.
 */
export const cardExpiresAt = ({
  expiryMonth,
  expiryYear,
}: Pick<PaymentMethodFacts, 'expiryMonth' | 'expiryYear'>): string =>
  new Date(Date.UTC(expiryYear, expiryMonth, 1, 12)).toISOString();

const CARD_DIGITS = /^\d{12,19}$/;

/**
 * True when a text is likely a card number instead of a token: 12 to 19 digits, however grouped, with the check digit
 * of ISO/IEC 7812-1 (Luhn). Such a text must not be stored, shown or logged.
 */
export function looksLikeCardNumber(text: string): boolean {
  const digits = text.replace(/[\s._-]/g, '');
  if (!CARD_DIGITS.test(digits)) return false;
  const sum = Array.from(digits, Number)
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)))
    .reduce((total, digit) => total + digit, 0);
  return sum % 10 === 0;
}
