import type { Tally } from './tally';

/** The part of an event that a summary reads. */
export interface SummaryEvent {
  type: string;
  data: { reason?: unknown; standing?: unknown };
}

interface Counted {
  id: string;
  /** What the figure is broken down by; left out for a whole alone. */
  by?: string | ((data: SummaryEvent['data']) => string);
}

const reasonOf = ({ reason }: SummaryEvent['data']): string => (typeof reason === 'string' ? reason : 'unknown');

const ended = (by: Counted['by']): Counted => ({ id: 'onboardings_ended', by });
const forPerson = (by: string): Counted => ({ id: 'needs_person', by });

/** The figure that each type of event is counted in. Every other type is in no summary. */
export const summaryEvents = {
  'onboarding.accepted': { id: 'onboardings_accepted' },
  'onboarding.completed': ended('completed'),
  'onboarding.expired': ended('expired'),
  'onboarding.rejected': ended('rejected'),
  'onboarding.cancelled': ended('cancelled'),
  'onboarding.failed': ended('failed'),
  'onboarding.closed': ended('closed_by_operator'),
  'payment.accepted': { id: 'payments_accepted' },
  'payment.authorised': { id: 'payments_authorised' },
  'payment.declined': { id: 'payments_declined', by: reasonOf },
  'payment.failed': { id: 'payments_failed' },
  'payment.cancelled': { id: 'payments_cancelled' },
  'refund.accepted': { id: 'refunds_ordered' },
  'refund.failed': { id: 'refunds_refused' },
  'subscription.accepted': { id: 'subscriptions_accepted' },
  'subscription.trial_started': { id: 'trials_started' },
  'subscription.cancelled': { id: 'subscriptions_ended', by: reasonOf },
  'subscription.incomplete_expired': { id: 'subscriptions_ended', by: 'incomplete_expired' },
  'subscription.closed': { id: 'subscriptions_ended', by: 'closed_by_operator' },
  'payment.review': forPerson('payment_review'),
  'onboarding.approval_requested': forPerson('onboarding_approval'),
  'listing_review.queued': forPerson('listing_review'),
  'payment.disputed': { id: 'needs_person', by: ({ standing }) => (standing === 'open' ? 'dispute' : 'inquiry') },
  'payment.fraud_warning': forPerson('fraud_warning'),
  'payment.outcome_overdue': forPerson('outcome_unknown'),
  'refund.outcome_overdue': forPerson('outcome_unknown'),
  'payment.amount_differs': forPerson('amount_differs'),
  'refund.amount_differs': forPerson('amount_differs'),
  'refund.failed_late': forPerson('refund_failed_late'),
  'subscription.refund_failed': forPerson('refund_owed'),
  'onboarding.mail_undeliverable': forPerson('mail_undeliverable'),
  'listing.mail_undeliverable': forPerson('mail_undeliverable'),
  'listing_review.mail_undeliverable': forPerson('mail_undeliverable'),
  'subscription.mail_undeliverable': forPerson('mail_undeliverable'),
} as const satisfies Record<string, Counted>;

export type SummaryEventType = keyof typeof summaryEvents;

/** Counts an event, or several like it, in its figure, as a whole and by what the figure is broken down by. */
export function addEvent(tally: Tally, { type, data }: SummaryEvent, count = 1): void {
  const counted: Counted | undefined = (summaryEvents as Record<string, Counted>)[type];
  if (!counted) return;
  const { id, by } = counted;
  tally.add({ id }, count);
  if (by !== undefined) tally.add({ id, by: typeof by === 'string' ? by : by(data) }, count);
}
