import { exponentOf } from './currencies';
import { DomainError } from './domain-error';
import type { Money } from './money';
import { moneyOf } from './money';

/*
 * Money as people write and read it. The result depends on the ICU data of the running Node,
 * so this belongs in activities, mails and presenters and must not be called from workflow code.
 */

const MARKS_OF_DIRECTION = /[\u200e\u200f\u061c]/g;
const ANY_SPACE = /[\s\u00a0\u202f]/g;

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

export interface ParseMoneyInput {
  text: string;
  currency: string;
  locale?: string;
  pointer?: string;
}

/**
 * Parses an amount that a person typed, in the separators and digits of `locale`, with or without the currency's sign
 * or code. Throws `AMOUNT_UNREADABLE`, or `AMOUNT_WRONG_EXPONENT` for more decimals than the currency has ("10.50"
 * JPY): never rounds.
 */
export function parseMoney({ text, currency, locale = 'en', pointer }: ParseMoneyInput): Money {
  const exponent = exponentOf(currency, pointer);
  const { whole, fraction, negative } = readFigure({ text, currency, locale, pointer });
  if (fraction.length > exponent) {
    const detail = `"${text.slice(0, 40)}" has ${fraction.length} decimals: ${currency} has ${exponent}.`;
    throw new DomainError('AMOUNT_WRONG_EXPONENT', detail, { pointer });
  }
  const units = Number(whole + fraction.padEnd(exponent, '0'));
  return moneyOf(negative ? 0 - units : units, currency);
}

function readFigure({ text, currency, locale, pointer }: ParseMoneyInput) {
  const { decimal, group, digits } = separatorsOf(locale ?? 'en');
  const plain = Array.from(text.replace(MARKS_OF_DIRECTION, ''), (character) => {
    const digit = digits.indexOf(character);
    return digit < 0 ? character : String(digit);
  }).join('');
  const signs = signsOf(currency, locale ?? 'en');
  const bare = signs
    .reduce((rest, sign) => rest.replace(sign, ''), plain)
    .replace(ANY_SPACE, '')
    .replace('\u2212', '-');

  // The last group must have three digits, so that "1,50" typed under the wrong locale is refused and not read as 150.
  const grouped = group === '' ? '' : `\\d{1,3}(?:${escape(group)}\\d{2,3})*${escape(group)}\\d{3}|`;
  const figure = new RegExp(`^(-?)(${grouped}\\d+)(?:${escape(decimal)}(\\d+))?(-?)$`).exec(bare);
  if (!figure || bare.length > 40) {
    const example = formatMoney({ money: moneyOf(123456, currency), locale });
    const detail = `"${text.slice(0, 40)}" is not an amount: write it like "${example}".`;
    throw new DomainError('AMOUNT_UNREADABLE', detail, { pointer });
  }
  const [, before, whole = '', fraction = '', after] = figure;
  return { whole: whole.replaceAll(group, ''), fraction, negative: before === '-' || after === '-' };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Returns '' for a group separator that is a space, because all spaces are removed from the text. */
function separatorsOf(locale: string) {
  const parts = new Intl.NumberFormat(locale).formatToParts(-1_234_567.8);
  const part = (type: string): string =>
    (parts.find((found) => found.type === type)?.value ?? '').replace(ANY_SPACE, '');
  const digits = Array.from(new Intl.NumberFormat(locale, { useGrouping: false }).format(9_876_543_210)).toReversed();
  return { decimal: part('decimal'), group: part('group'), digits };
}

/** Returns the currency's signs, the longest first: "US$" before "$". */
function signsOf(currency: string, locale: string): string[] {
  const signs = (['symbol', 'narrowSymbol'] as const).map((currencyDisplay) => {
    const parts = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay }).formatToParts(0);
    return (parts.find(({ type }) => type === 'currency')?.value ?? '').replace(MARKS_OF_DIRECTION, '');
  });
  return [currency, ...signs].sort((a, b) => b.length - a.length);
}
