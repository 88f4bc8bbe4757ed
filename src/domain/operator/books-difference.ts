import { plainMoney } from '../money-text';
import type { Money } from '../money';

/** The accounts of the ledger that entities are compared with. */
export type ComparedAccount = 'authorised' | 'captured' | 'held' | 'refunded';

/** An amount that is not the same on an entity and in the ledger. */
export interface BooksDifference {
  /** The payment, refund or invoice. */
  id: string;
  account: ComparedAccount;
  /** The amount on the entity. */
  recorded: Money;
  /** The balance of the account for this entity. */
  posted: Money;
}

/** Returns the differences as a sentence for people, without a full stop. */
export function describeDifferences(differences: readonly BooksDifference[]): string {
  return differences
    .map(
      ({ id, account, recorded, posted }) =>
        `${account} is ${plainMoney(recorded)} on ${id} and ${plainMoney(posted)} in the ledger`,
    )
    .join('; ');
}
