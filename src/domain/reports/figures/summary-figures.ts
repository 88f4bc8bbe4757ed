import type { FigureDefinition } from '../report-type';
import { shareOf, type ComputeFigure } from './figures-of';

/** What happened in a window, as its events tell. */
export const summaryFigures = {
  onboardingsAccepted: {
    id: 'onboardings_accepted',
    title: 'Onboardings accepted',
    unit: 'count',
    sentence: 'The onboardings that were accepted in the window.',
    formula: 'The events `onboarding.accepted` dated in the window.',
    example: { given: 'Two onboardings are accepted, and one of them is completed.', value: '2' },
  },
  onboardingsEnded: {
    id: 'onboardings_ended',
    title: 'Onboardings ended',
    unit: 'count',
    sentence: 'The onboardings that ended in the window, whenever they were accepted, by their outcome.',
    formula:
      'The events `onboarding.completed`, `expired`, `rejected`, `cancelled`, `failed` and `closed` dated in the ' +
      'window.',
    example: { given: 'Two onboardings are completed and one expires.', value: '3' },
  },
  paymentsAccepted: {
    id: 'payments_accepted',
    title: 'Payments accepted',
    unit: 'count',
    sentence: 'The payments that were accepted in the window, those of subscriptions included.',
    formula: 'The events `payment.accepted` dated in the window.',
    example: { given: 'Three payments are accepted, and one of them is declined.', value: '3' },
  },
  paymentsAuthorised: {
    id: 'payments_authorised',
    title: 'Payments authorised',
    unit: 'count',
    sentence: 'The payments that a bank approved in the window.',
    formula: 'The events `payment.authorised` dated in the window.',
    example: { given: 'One payment is authorised and captured, and one is declined.', value: '1' },
  },
  paymentsDeclined: {
    id: 'payments_declined',
    title: 'Payments declined',
    unit: 'count',
    sentence: 'The payments that were declined in the window by a bank, a rule or a reviewer, by reason.',
    formula: 'The events `payment.declined` dated in the window, by their reason.',
    example: { given: 'Two payments are declined for insufficient funds and one by a rule.', value: '3' },
  },
  approvalRate: {
    id: 'approval_rate',
    title: 'Approval rate',
    unit: 'share',
    sentence: 'The share of payments authorised among those that were authorised or declined in the window.',
    formula: '`payments_authorised` ÷ (`payments_authorised` + `payments_declined`); nothing where both are 0.',
    example: { given: 'Three payments are authorised and one is declined.', value: '0.75' },
  },
  paymentsFailed: {
    id: 'payments_failed',
    title: 'Payments failed',
    unit: 'count',
    sentence: 'The payments that ended in the window because of a fault, with nothing held.',
    formula: 'The events `payment.failed` dated in the window.',
    example: { given: 'The gateway refuses one payment permanently.', value: '1' },
  },
  paymentsCancelled: {
    id: 'payments_cancelled',
    title: 'Payments cancelled',
    unit: 'count',
    sentence: 'The payments that were cancelled in the window, or that nobody captured or confirmed in time.',
    formula: 'The events `payment.cancelled` dated in the window.',
    example: { given: 'One payment is cancelled by the partner.', value: '1' },
  },
  refundsOrdered: {
    id: 'refunds_ordered',
    title: 'Refunds ordered',
    unit: 'count',
    sentence: 'The refunds that were accepted in the window, given back or not.',
    formula: 'The events `refund.accepted` dated in the window.',
    example: { given: 'Two refunds are ordered, and one of them is given back.', value: '2' },
  },
  refundsRefused: {
    id: 'refunds_refused',
    title: 'Refunds refused',
    unit: 'count',
    sentence: 'The refunds that the gateway refused in the window.',
    formula: 'The events `refund.failed` dated in the window.',
    example: { given: 'The gateway refuses one refund, and gives one back.', value: '1' },
  },
  subscriptionsAccepted: {
    id: 'subscriptions_accepted',
    title: 'Subscriptions started',
    unit: 'count',
    sentence: 'The subscriptions that were accepted in the window, those that begin later included.',
    formula: 'The events `subscription.accepted` dated in the window.',
    example: { given: 'Two subscriptions are accepted, one of them with a trial.', value: '2' },
  },
  trialsStarted: {
    id: 'trials_started',
    title: 'Trials started',
    unit: 'count',
    sentence: 'The trials that started in the window.',
    formula: 'The events `subscription.trial_started` dated in the window.',
    example: { given: 'Two subscriptions are accepted, and the trial of one starts.', value: '1' },
  },
  subscriptionsEnded: {
    id: 'subscriptions_ended',
    title: 'Subscriptions ended',
    unit: 'count',
    sentence: 'The subscriptions that ended in the window, by reason.',
    formula:
      'The events `subscription.cancelled`, by their reason, `subscription.incomplete_expired` and ' +
      '`subscription.closed` dated in the window.',
    example: {
      given: 'One subscription is cancelled, and the first charge of another is not paid in time.',
      value: '2',
    },
  },
  needsPerson: {
    id: 'needs_person',
    title: 'Came to need a person',
    unit: 'count',
    sentence:
      'What began in the window to wait for a reviewer, the partner or an operator, by kind, whether it still waits ' +
      'or not.',
    formula:
      'The events dated in the window that open a review or an approval, report a dispute or a fraud warning, or put ' +
      "something on the operator's list: an overdue outcome, an amount that differs, a refund that failed after all " +
      'or is owed, an undeliverable mail.',
    example: { given: 'A payment waits for review, and one of another customer is disputed.', value: '2' },
  },
} as const satisfies Record<string, FigureDefinition>;

export const computedSummaryFigures: Readonly<Record<string, ComputeFigure>> = {
  approval_rate: (tally) => {
    const authorised = tally.valueOf({ id: 'payments_authorised' });
    return shareOf(authorised, authorised + tally.valueOf({ id: 'payments_declined' }));
  },
};
