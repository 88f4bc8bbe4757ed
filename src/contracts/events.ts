import { eventWords, type EventData, type EventSentence } from './event-sentence';
import type { QueuedConsumer } from './outbox';
import { paymentEvents } from './payments/events';
import { subscriptionEvents } from './subscriptions/events';
import { userEvents } from './users/events';

/** Every event by its wire name, one line per domain. Names never change. */
const sentences = {
  ...userEvents,
  ...paymentEvents,
  ...subscriptionEvents,
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

/** The results of a refund, which change what a subscription owes. */
const refundResults: readonly EventType[] = ['refund.succeeded', 'refund.failed', 'refund.failed_late'];

/** Returns the consumers that receive an event besides the timeline. */
export function consumersOf(type: EventType): QueuedConsumer[] {
  return refundResults.includes(type) ? ['analytics', 'refunds'] : ['analytics'];
}
