import { toDecimal } from '../../../domain/money-text';
import type { FigureUnit } from '../../../domain/reports/report-type';

export interface FigureTextInput {
  unit: FigureUnit;
  currency: string | null;
  /** Minor units of the currency, a count, a share from 0 to 1, or seconds. */
  value: number;
}

/** Returns a figure for people, with its unit and every digit: "1,234.50 EUR", "57.14%", "1 d 2 h". */
export function figureText({ unit, currency, value }: FigureTextInput): string {
  switch (unit) {
    case 'money':
      return `${amountText(value, String(currency))} ${currency}`;
    case 'share':
      return shareText(value);
    case 'seconds':
      return durationText(value);
    default:
      return groupDigits(String(value));
  }
}

/** Returns the difference of a figure to the one before, with its sign; shares differ by percentage points. */
export function changeText({ unit, currency, value, before }: FigureTextInput & { before: number }): string {
  const change = value - before;
  if (change === 0) return '0';
  const sign = change > 0 ? '+' : '';
  if (unit === 'share') return `${sign}${(change * 100).toFixed(2)} points`;
  return sign + figureText({ unit, currency, value: change });
}

/** Returns "-1,234.50": every digit of the minor unit. */
export const amountText = (amountMinor: number, currency: string): string =>
  groupDigits(toDecimal({ amountMinor, currency }));

/** Returns "57.14%", exact for shares of four decimals. */
export const shareText = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** Returns a decimal figure with its thousands apart: "1,234,567.89". */
export function groupDigits(figure: string): string {
  const [whole = '', fraction] = figure.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const DURATIONS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
] as const;

/** Returns "1 d 2 h 3 min 4 s", without the parts that are zero. */
export function durationText(duration: number): string {
  const parts: string[] = [];
  let left = Math.abs(duration);
  for (const { name, seconds } of DURATIONS) {
    if (left >= seconds) parts.push(`${groupDigits(String(Math.floor(left / seconds)))} ${name}`);
    left %= seconds;
  }
  const rest = Math.round(left * 1000) / 1000;
  if (rest > 0 || parts.length === 0) parts.push(`${rest} s`);
  return (duration < 0 ? '-' : '') + parts.join(' ');
}
