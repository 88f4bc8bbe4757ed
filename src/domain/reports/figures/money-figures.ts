import { currenciesOf, type Tally } from '../facts/tally';
import { effectOf, type PaymentEffect, type PostingFact } from '../facts/payment-effects';
import type { FigureDefinition } from '../report-type';

/** The money that a window moved. Every type that shows one of these figures shows this definition of it. */
export const moneyFigures = {
  captured: {
    id: 'captured',
    title: 'Captured',
    unit: 'money',
    sentence: 'Money captured from customers in the window, before fees, which the ledger does not have.',
    formula: 'The debits less the credits of the account `captured`, in postings dated in the window.',
    example: { given: 'Captures of 10.00 EUR and 5.00 EUR, and a refund of 3.00 EUR.', value: '15.00 EUR' },
  },
  refunded: {
    id: 'refunded',
    title: 'Refunded',
    unit: 'money',
    sentence:
      'Money returned to customers in the window: refunds that were given back and disputes that were lost, less ' +
      'refunds that failed after all. A refund counts on the day on which it is given back, not when it is ordered.',
    formula: 'The credits less the debits of the account `refunded`, in postings dated in the window.',
    example: {
      given: 'Refunds of 3.00 EUR and 2.00 EUR, and a refund of 2.00 EUR that failed after all.',
      value: '3.00 EUR',
    },
  },
  net: {
    id: 'net',
    title: 'Net',
    unit: 'money',
    sentence: 'Captured less refunded. Fees of the gateway are not part of the ledger and are left out.',
    formula: '`captured` − `refunded`: the sum of the amounts of the rows.',
    example: { given: 'Captures of 15.00 EUR and refunds of 3.00 EUR.', value: '12.00 EUR' },
  },
  held: {
    id: 'held',
    title: 'Held in disputes',
    unit: 'money',
    sentence:
      'The change of what banks hold while they decide disputes: money they took in the window, less money they ' +
      'decided about.',
    formula: 'The credits less the debits of the account `held`, in postings dated in the window.',
    example: {
      given: 'A dispute of 10.00 EUR opened, and one of 4.00 EUR that was open before is won.',
      value: '6.00 EUR',
    },
  },
  captures: {
    id: 'captures',
    title: 'Captures',
    unit: 'count',
    sentence: 'The captures of the window.',
    formula: 'The postings `capture` dated in the window.',
    example: { given: 'Captures of 10.00 EUR and 5.00 EUR, and a refund of 3.00 EUR.', value: '2' },
  },
  refunds: {
    id: 'refunds',
    title: 'Refunds',
    unit: 'count',
    sentence: 'The refunds that were given back in the window, those that failed later included.',
    formula: 'The postings `refund` dated in the window.',
    example: { given: 'A refund of 3.00 EUR given back, and one still under way.', value: '1' },
  },
  lateRefundFailures: {
    id: 'late_refund_failures',
    title: 'Refunds that failed after all',
    unit: 'count',
    sentence: 'The refunds that the gateway reported as failed in the window, after it had reported their success.',
    formula: 'The postings `refund_reversal` dated in the window.',
    example: { given: 'A refund given back last month is reported as failed.', value: '1' },
  },
  disputes: {
    id: 'disputes',
    title: 'Dispute movements',
    unit: 'count',
    sentence: 'The movements of money by disputes in the window: opened, won or lost.',
    formula: 'The postings `dispute` dated in the window, by the account that the money moved to.',
    example: { given: 'A dispute is opened and then lost.', value: '2' },
  },
} as const satisfies Record<string, FigureDefinition>;

/** Adds a posting to the figures. Returns its movement; null for a posting that moves no captured money. */
export function addPosting(tally: Tally, posting: PostingFact): PaymentEffect | null {
  const effect = effectOf(posting);
  if (effect !== null) addEffects(tally, { effect, currency: posting.currency, count: 1 });
  return effect;
}

export interface AddEffectsInput {
  /** The movement of all of them together. */
  effect: PaymentEffect;
  currency: string;
  count: number;
}

/** Adds movements of one kind to the figures. */
export function addEffects(tally: Tally, { effect, currency, count }: AddEffectsInput): void {
  tally.add({ id: 'captured', currency }, effect.capturedMinor);
  tally.add({ id: 'refunded', currency }, effect.refundedMinor);
  tally.add({ id: 'net', currency }, effect.netMinor);
  tally.add({ id: 'held', currency }, effect.heldMinor);
  switch (effect.kind) {
    case 'capture':
      tally.add({ id: 'captures' }, count);
      break;
    case 'refund':
      tally.add({ id: 'refunds' }, count);
      break;
    case 'refund_failed_late':
      tally.add({ id: 'late_refund_failures' }, count);
      break;
    default:
      tally.add({ id: 'disputes' }, count);
      tally.add({ id: 'disputes', by: effect.kind }, count);
  }
}

/** Returns the currencies in which money is shown: those that moved, and the one that was asked for. */
export const moneyCurrencies = (tallies: readonly Tally[], asked?: string): string[] =>
  currenciesOf(
    tallies.flatMap((tally) => tally.counts()),
    asked,
  );
