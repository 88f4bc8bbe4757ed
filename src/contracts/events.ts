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

/** Returns the consumers that receive an event besides the timeline. */
export function consumersOf(_type: EventType): QueuedConsumer[] {
  return ['analytics'];
}
