import { moneyOf } from '../../money';
import { toDecimal } from '../../money-text';
import type { SubscriptionState } from '../subscription';
import { mrrOf, type MrrStanding } from './monthly-value';
import { kindOfMovement, mrrChangeOf } from './movement';

const itemOf = (amountMinor: number, interval: 'month' | 'year', quantity = 1): MrrStanding['item'] => ({
  planId: `pln_${interval}`,
  plan: { name: 'Pro', amount: { amountMinor, currency: 'EUR' }, interval, intervalCount: 1, trialDays: 14 },
  quantity,
});
const monthly = itemOf(1000, 'month');
const threeSeats = itemOf(1000, 'month', 3);
const yearly = itemOf(21_600, 'year');

const inEuro = (amountMinor: number): string => toDecimal(moneyOf(amountMinor, 'EUR'));

/** A subscription that goes through every movement: what happens, its state and its item afterwards. */
const life: readonly [what: string, state: SubscriptionState, item: MrrStanding['item']][] = [
  ['A trial begins, 10.00 EUR a month', 'trialing', monthly],
  ['Its first invoice is paid', 'active', monthly],
  ['A renewal is paid', 'active', monthly],
  ['Three seats in place of one', 'active', threeSeats],
  ['One seat for 216.00 EUR a year', 'active', yearly],
  ['It is paused', 'paused', yearly],
  ['It is resumed', 'active', yearly],
  ['The charge of a renewal fails', 'past_due', yearly],
  ['The last retry fails', 'unpaid', yearly],
  ['The invoice is paid after all', 'active', yearly],
  ['A cancel at the end of the period is ordered', 'active', yearly],
  ['The period ends', 'cancelled', yearly],
];

/** Returns the life of a subscription, the only one of its customer, as a table in Markdown. */
export function lifeToMarkdown(): string {
  let before: MrrStanding = { state: 'trialing', item: monthly, paidUntil: null };
  let movements = 0;
  const rows = life.map(([what, state, item]) => {
    const paidUntil = state === 'trialing' ? null : new Date('2027-01-01T00:00:00Z');
    const after = { state, item, paidUntil, reason: null };
    const valueMinor = mrrOf(before);
    const change = mrrChangeOf({ ...before, mrrMinor: valueMinor }, after);
    const kind = change && kindOfMovement(change, { valueMinor, movements });
    before = after;
    movements += change ? 1 : 0;
    const amount = change ? inEuro(change.afterMinor - change.beforeMinor) : '';
    return `| ${what} | \`${state}\` | ${kind ? `\`${kind}\`` : ''} | ${amount} | ${inEuro(mrrOf(after))} |`;
  });
  return ['| what happens | state | movement | EUR | MRR |', '|---|---|---|---:|---:|', ...rows].join('\n');
}
