import { exponentOf } from './currencies';
import type { Money } from './money';

/*
 * Money as people read it. The result depends on the ICU data of the running Node,
 * so this belongs in activities, mails and presenters and must not be called from workflow code.
 */

export interface FormatMoneyInput {
  money: Money;
  /** BCP 47, such as `en`, `de-CH`. */
  locale?: string;
}

/**
 * Returns "€10.50", "¥1,050", "KWD 1.500": every digit of the minor unit, including those that Intl would leave out.
 */
export function formatMoney({ money, locale = 'en' }: FormatMoneyInput): string {
  const digits = exponentOf(money.currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(toDecimal(money) as Intl.StringNumericLiteral);
}

/** Returns the exact decimal figure, "-10.50", for machines and exports. */
export function toDecimal({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const figure = String(Math.abs(amountMinor)).padStart(exponent + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  return exponent === 0 ? sign + figure : `${sign}${figure.slice(0, -exponent)}.${figure.slice(-exponent)}`;
}

/** Returns "10.50 EUR", "1050 JPY": the exact figure and the ISO code, the same for every reader. */
export const plainMoney = (money: Money): string => `${toDecimal(money)} ${money.currency}`;
