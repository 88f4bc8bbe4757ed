import { plainMoney } from '../domain/money-text';
import { describeDifferences, type BooksDifference } from '../domain/operator/books-difference';

/** The data that the writer stored with the event: ids, names, amounts in minor units, ISO instants. */
export type EventData = Record<string, unknown>;

/** Formats the values of a sentence that depend on the entity. */
export interface EventWords {
  /** Formats an amount in minor units of the entity's currency, such as "3.00 EUR". */
  money: (amountMinor: unknown) => string;
}

/** Describes an event to a person, from the event's data alone. */
export type EventSentence = (data: EventData, words: EventWords) => string;

/** Returns the formats for one currency; null for an entity without amounts. */
export function eventWords(currency: string | null): EventWords {
  return {
    money: (amountMinor) =>
      typeof amountMinor === 'number' && currency !== null
        ? plainMoney({ amountMinor, currency })
        : String(amountMinor),
  };
}

/** An operator closed an item of an entity whose amounts are not those of the ledger. */
export const booksDiffer: EventSentence = ({ differences }) =>
  `An operator closed an item while amounts differed: ${describeDifferences(differences as BooksDifference[])}. ` +
  "No amount was changed; the difference is on the operator's list.";
