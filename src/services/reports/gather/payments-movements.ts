import type { Count } from '../../../domain/reports/facts/tally';
import { Tally } from '../../../domain/reports/facts/tally';
import { timeLabelsOf } from '../../../domain/reports/facts/time-labels';
import { figuresOf } from '../../../domain/reports/figures/figures-of';
import { addPosting, moneyCurrencies, moneyFigures } from '../../../domain/reports/figures/money-figures';
import { addToSeries, seriesOf } from '../../../domain/reports/figures/money-series';
import type { Row } from '../../../domain/reports/report-content';
import { isId } from '../../../domain/ids';
import type { LedgerPosting } from '../../../models/payments/ledger-posting';
import type { Payment } from '../../../models/payments/payment';
import { inSlices } from './in-slices';
import type { GatherScope, SectionGatherer } from './gatherer';
import { readPostings } from './read-postings';

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type MovementsState = { counts: readonly Count[]; series: readonly Count[] };

/** Reads the movements of captured money: a row each, their sums, and what was captured and refunded over time. */
export const paymentMovements: SectionGatherer<MovementsState> = {
  start: () => ({ counts: [], series: [] }),

  async readPage({ after, limit, state, ...scope }) {
    const { startAt, endAt } = scope.window;
    const [from, to] = [new Date(startAt), new Date(endAt)];
    const { postings, after: next } = await readPostings({ scope, from, to, after, limit });
    const payments = await findPayments(scope, [...new Set(postings.map(({ paymentId }) => paymentId))]);
    const [counts, series] = [Tally.of(state.counts), Tally.of(state.series)];
    const { labelOf } = timeLabelsOf(scope.window);
    const rows = postings.flatMap((posting): Row[] => {
      const effect = addPosting(counts, posting);
      if (effect === null) return [];
      addToSeries(series, { ...effect, currency: posting.currency, label: labelOf(posting.at) });
      const { kind, netMinor, heldMinor } = effect;
      return [[...namesOf(posting, payments), kind, posting.at.toISOString(), posting.currency, netMinor, heldMinor]];
    });
    return { rows, after: next, state: { counts: counts.counts(), series: series.counts() } };
  },

  contentOf({ counts, series }, { window, filters }) {
    const tally = Tally.of(counts);
    const currencies = moneyCurrencies([tally], filters.currency);
    return {
      figures: figuresOf({ definitions: Object.values(moneyFigures), tally, currencies }),
      series: seriesOf({ tally: Tally.of(series), currencies, labels: timeLabelsOf(window).labels }),
    };
  },
};

type PaymentNames = Pick<Payment, '_id' | 'orderRef' | 'customerId' | 'description'>;

/** Returns the partner's own names of payments. They are set when a payment is accepted and never change. */
async function findPayments(
  { database, tenantId }: Pick<GatherScope, 'database' | 'tenantId'>,
  paymentIds: readonly string[],
): Promise<Map<string, PaymentNames>> {
  const found = await inSlices(paymentIds, (ids) =>
    database.models.payments
      .find({ _id: { $in: ids }, tenantId }, { orderRef: 1, customerId: 1, description: 1 })
      .lean<PaymentNames[]>(),
  );
  return new Map(found.map((payment) => [payment._id, payment]));
}

function namesOf({ _id: key, paymentId }: LedgerPosting, payments: ReadonlyMap<string, PaymentNames>): Row {
  const { orderRef = null, customerId = null, description = null } = payments.get(paymentId) ?? {};
  const [entityId = ''] = key.split(':');
  return [paymentId, isId('refund', entityId) ? entityId : null, orderRef, customerId, description, key];
}
