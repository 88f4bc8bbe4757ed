import { eventWords, type EventData, type EventSentence } from './event-sentence';
import type { InlineConsumer } from './outbox';
import { listingEvents } from './listings/events';
import { paymentEvents } from './payments/events';
import { reportEvents } from './reports/events';
import { subscriptionEvents } from './subscriptions/events';
import { userEvents } from './users/events';

/** Every event by its wire name, one line per domain. Names never change. */
const sentences = {
  ...userEvents,
  ...paymentEvents,
  ...subscriptionEvents,
  ...listingEvents,
  ...reportEvents,
} as const satisfies Record<string, EventSentence>;

export type EventType = keyof typeof sentences;
export const eventTypes = Object.keys(sentences) as EventType[];

export interface SummaryInput {
  type: EventType;
  data: EventData;
  /** The currency of the amounts in the data; null for an entity without amounts. */
  currency: string | null;
}

/** Returns the sentence that describes an event to a person, with amounts written as "3.00 EUR". */
export function summaryOf({ type, data, currency }: SummaryInput): string {
  return sentences[type](data, eventWords(currency));
}

/** The events that one more consumer receives. */
const furtherConsumers: Partial<Record<EventType, InlineConsumer>> = {
  // The results of a refund change what a subscription owes.
  'refund.succeeded': 'refunds',
  'refund.failed': 'refunds',
  'refund.failed_late': 'refunds',
  'listing.deleted': 'revisions',
};

/** The search index follows every version of a listing, so that a difference between the two is one of versions. */
const isOfListing = (type: EventType): boolean => type.startsWith('listing.');

/** Returns the consumers that receive an event besides the timeline. */
export function consumersOf(type: EventType): InlineConsumer[] {
  const further = furtherConsumers[type];
  return [
    'analytics',
    ...(further === undefined ? [] : [further]),
    ...(isOfListing(type) ? (['search'] as const) : []),
  ];
}
