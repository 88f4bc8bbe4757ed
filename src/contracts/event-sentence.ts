import { plainMoney } from '../domain/money-text';

/** What the event's writer stored with it: ids, names, amounts in minor units, ISO instants. */
export type EventData = Record<string, unknown>;

/** How a sentence writes a value that depends on the entity. */
export interface EventWords {
  /** An amount in minor units of the entity's currency, such as "3.00 EUR". */
  money: (amountMinor: unknown) => string;
}

/** Tells a person what happened, from the event's data alone. */
export type EventSentence = (data: EventData, words: EventWords) => string;

/** Returns the words for amounts of one currency; null for an entity without amounts. */
export function eventWords(currency: string | null): EventWords {
  return {
    money: (amountMinor) =>
      typeof amountMinor === 'number' && currency !== null
        ? plainMoney({ amountMinor, currency })
        : String(amountMinor),
  };
}
