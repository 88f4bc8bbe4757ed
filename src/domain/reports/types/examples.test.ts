import { moneyOf } from '../../money';
import { plainMoney } from '../../money-text';
import {
  postCapture,
  postDispute,
  postRefund,
  postRefundReversal,
  type LedgerAccount,
  type Posting,
} from '../../payments/ledger';
import { courseOf } from '../facts/onboarding-course';
import { addEvent } from '../facts/summary-events';
import { Tally } from '../facts/tally';
import { figuresOf } from '../figures/figures-of';
import { addCourse, computedFunnelFigures, secondPass } from '../figures/funnel-fold';
import { addPosting } from '../figures/money-figures';
import { addStanding, type Standing } from '../figures/standing-figures';
import { addEntry, statementFiguresOf } from '../figures/statement-figures';
import { computedSummaryFigures } from '../figures/summary-figures';
import type { FigureDefinition, ReportType } from '../report-type';
import { reportTypes } from '../report-types';

const about = { key: 'k', paymentId: 'pay_1' };
const euro = (amountMinor: number) => moneyOf(amountMinor, 'EUR');
const capture = (amountMinor: number) =>
  postCapture({ ...about, captured: euro(amountMinor), authorised: euro(amountMinor) });
const refund = (amountMinor: number) => postRefund({ ...about, amount: euro(amountMinor) });
const failedAfterAll = (amountMinor: number) => postRefundReversal({ ...about, amount: euro(amountMinor) });
const dispute = (from: LedgerAccount, to: LedgerAccount, amountMinor: number) =>
  postDispute({ ...about, from, to, amount: euro(amountMinor) });

type Fill = (tally: Tally) => void;
const postings =
  (...all: Posting[]): Fill =>
  (tally) =>
    all.forEach((posting) => addPosting(tally, posting));
const events =
  (...all: [type: string, data?: Record<string, unknown>][]): Fill =>
  (tally) =>
    all.forEach(([type, data = {}]) => addEvent(tally, { type, data }));
const standings =
  (...all: Standing[]): Fill =>
  (tally) =>
    all.forEach((standing) => addStanding(tally, standing));
const payment = (state: Extract<Standing, { entityType: 'payment' }>['state'], amountMinor = 500): Standing => ({
  entityType: 'payment',
  state,
  amount: euro(amountMinor),
});
const refundOf = (state: Extract<Standing, { entityType: 'refund' }>['state'], amountMinor = 500): Standing => ({
  entityType: 'refund',
  state,
  amount: euro(amountMinor),
});

/** Onboardings by what happened to each, minute by minute; the first thing is its acceptance. */
const onboardings =
  (...all: string[][]): Fill =>
  (tally) => {
    const start = Date.parse('2026-03-31T10:00:00Z');
    const courses = all.flatMap((names) => {
      const facts = ['accepted', ...names].map((name, minute) => {
        const at = new Date(start + minute * 60_000);
        return { type: `onboarding.${name}`, at, recordedAt: at };
      });
      const endAt = new Date('2026-04-01T00:00:00Z');
      return (
        courseOf(
          facts.filter(({ type }) => type !== 'onboarding.-'),
          { endAt, asOf: endAt },
        ) ?? []
      );
    });
    for (const course of courses) addCourse(tally, course);
    courses.forEach(secondPass(tally));
  };
/** Captures by the time of each and that of its recording; the statement is that of March. */
const entries =
  (...all: [amountMinor: number, at: string, recordedAt: string][]): Fill =>
  (tally) => {
    const cut = {
      startAt: new Date('2026-03-01T00:00:00Z'),
      endAt: new Date('2026-04-01T00:00:00Z'),
      asOf: new Date('2026-04-02T00:00:00Z'),
      previousAsOf: new Date('2026-03-02T00:00:00Z'),
    };
    for (const [amountMinor, at, recordedAt] of all)
      addEntry(tally, { ...capture(amountMinor), at: new Date(at), recordedAt: new Date(recordedAt) }, cut);
  };
const february = [1000, '2026-02-10', '2026-02-10'] as [number, string, string];
const inMarch = [400, '2026-03-10', '2026-03-10'] as [number, string, string];
const late = [300, '2026-02-27', '2026-03-03'] as [number, string, string];
/** Ten onboardings that take 1 to 10 minutes from one event to the next. */
const tenOnboardings = (from: string[], to: string): Fill =>
  onboardings(...Array.from({ length: 10 }, (_, index) => [...from, ...Array<string>(index).fill('-'), to]));

/** The facts of each definition's example. */
const given: Record<string, Fill> = {
  captured: postings(capture(1000), capture(500), refund(300)),
  refunded: postings(refund(300), refund(200), failedAfterAll(200)),
  net: postings(capture(1500), refund(300)),
  held: postings(dispute('fulfilled', 'held', 1000), dispute('held', 'fulfilled', 400)),
  captures: postings(capture(1000), capture(500), refund(300)),
  refunds: postings(refund(300)),
  late_refund_failures: postings(failedAfterAll(300)),
  disputes: postings(dispute('fulfilled', 'held', 1000), dispute('held', 'refunded', 1000)),
  payments_unknown: standings(payment('unknown'), payment('authorised')),
  unknown_amount: standings(payment('unknown', 500), payment('unknown', 700), payment('authorised')),
  payments_pending: standings(payment('authorised'), payment('unknown'), payment('captured'), payment('declined')),
  refunds_pending: standings(refundOf('pending'), refundOf('succeeded')),
  pending_refund_amount: standings(refundOf('pending', 300), refundOf('pending', 150), refundOf('failed', 10)),
  payments_accepted: events(
    ['payment.accepted'],
    ['payment.accepted'],
    ['payment.accepted'],
    ['payment.declined', { reason: 'fraud_detected' }],
  ),
  payments_authorised: events(['payment.authorised'], ['payment.captured'], ['payment.declined']),
  payments_declined: events(
    ['payment.declined', { reason: 'insufficient_funds' }],
    ['payment.declined', { reason: 'insufficient_funds' }],
    ['payment.declined', { reason: 'fraud_detected' }],
  ),
  approval_rate: events(
    ['payment.authorised'],
    ['payment.authorised'],
    ['payment.authorised'],
    ['payment.declined', { reason: 'insufficient_funds' }],
  ),
  payments_failed: events(['payment.failed']),
  payments_cancelled: events(['payment.cancelled']),
  refunds_ordered: events(['refund.accepted'], ['refund.accepted'], ['refund.succeeded']),
  refunds_refused: events(['refund.failed'], ['refund.succeeded']),
  subscriptions_accepted: events(['subscription.accepted'], ['subscription.accepted'], ['subscription.trial_started']),
  trials_started: events(['subscription.accepted'], ['subscription.accepted'], ['subscription.trial_started']),
  subscriptions_ended: events(['subscription.cancelled', { reason: 'cancelled' }], ['subscription.incomplete_expired']),
  onboardings_accepted: events(['onboarding.accepted'], ['onboarding.accepted'], ['onboarding.completed']),
  onboardings_ended: events(['onboarding.completed'], ['onboarding.completed'], ['onboarding.expired']),
  needs_person: events(['payment.review'], ['payment.disputed', { standing: 'open' }]),
  funnel_accepted: onboardings(['verified'], ['verified'], []),
  funnel_verified: onboardings(['verified'], ['verified'], []),
  funnel_profile: onboardings(['profile_submitted'], ['profile_skipped'], ['verified']),
  funnel_approval_requested: onboardings(['approval_requested'], ['approval_requested', 'approved']),
  funnel_approved: onboardings(['approval_requested'], ['approval_requested', 'approved']),
  funnel_completed: onboardings(['completed'], ['activating']),
  funnel_ended: onboardings(['completed'], ['expired'], ['cancelled']),
  funnel_open: onboardings(['completed'], ['expired'], ['verified']),
  funnel_verified_share: onboardings(['verified'], ['verified'], []),
  funnel_profile_share: onboardings(['profile_submitted'], [], [], []),
  funnel_approved_share: onboardings(['approval_requested'], ['approval_requested', 'approved']),
  funnel_completed_share: onboardings(['completed'], [], []),
  verification_median: tenOnboardings([], 'verified'),
  verification_p90: tenOnboardings([], 'verified'),
  profile_median: tenOnboardings(['verified'], 'profile_submitted'),
  profile_p90: tenOnboardings(['verified'], 'profile_skipped'),
  approval_median: tenOnboardings(['approval_requested'], 'approved'),
  approval_p90: tenOnboardings(['approval_requested'], 'approved'),
  completion_median: tenOnboardings([], 'completed'),
  completion_p90: tenOnboardings([], 'completed'),
  statement_opening: entries(february, inMarch),
  statement_entries: entries(february, inMarch),
  statement_earlier: entries(late),
  statement_closing: entries(february, inMarch, late),
};

const types: readonly ReportType[] = Object.values(reportTypes);
const definitions = [...new Map(types.flatMap(({ figures }) => figures).map((figure) => [figure.id, figure])).values()];

function computed(definition: FigureDefinition): string {
  const tally = new Tally();
  given[definition.id]!(tally);
  const [figure] = [
    ...statementFiguresOf(tally, ['EUR']).filter(({ id, by }) => id === definition.id && by === 'captured'),
    ...figuresOf({
      definitions: [definition],
      tally,
      currencies: ['EUR'],
      computed: { ...computedSummaryFigures, ...computedFunnelFigures },
    }),
  ];
  const value = figure?.value ?? null;
  return definition.unit === 'money' ? plainMoney(euro(value!)) : String(value);
}

/** Those of recurring revenue and of listings have facts of other kinds: see their own tests. */
const elsewhere = new Set<string>(
  [reportTypes.subscriptions, reportTypes.listings].flatMap(({ figures }) => figures.map(({ id }) => id)),
);

it.each(definitions.filter(({ id }) => !elsewhere.has(id)).map((definition) => [definition.id, definition] as const))(
  'the example of %s comes out as it says',
  (_id, definition) => {
    expect(computed(definition)).toBe(definition.example.value);
  },
);

it('a figure has one definition, and no two figures share a title', () => {
  for (const { figures } of types) for (const figure of figures) expect(definitions).toContain(figure);
  expect(new Set(definitions.map(({ title }) => title)).size).toBe(definitions.length);
  expect(Object.entries(reportTypes).map(([name, { type }]) => [name, type])).toEqual(
    Object.keys(reportTypes).map((name) => [name, name]),
  );
});

it('what a figure is broken down by adds up to the whole', () => {
  const tally = new Tally();
  given.payments_declined!(tally);
  expect(tally.of('payments_declined')).toEqual([
    { id: 'payments_declined', currency: null, by: null, value: 3 },
    { id: 'payments_declined', currency: null, by: 'fraud_detected', value: 1 },
    { id: 'payments_declined', currency: null, by: 'insufficient_funds', value: 2 },
  ]);
});

it('a rate over nothing is nothing, not 0', () => {
  expect(computedSummaryFigures.approval_rate!(new Tally())).toBeNull();
});
