import { plainMoney } from '../../../domain/money-text';
import type { Database } from '../../../models/database';
import type { CustomerMrr } from '../../../models/subscriptions/customer-mrr';

/** What a customer pays per month that is not the sum of the customer's movements. */
export interface CustomerDifference {
  /** The balance's id. */
  subject: string;
  tenantId: string;
  /** A subscription of the customer that moved. */
  subscriptionId: string;
  detail: string;
}

export interface CompareCustomersInput {
  database: Database;
  /** The id of the balance behind which the comparison goes on; empty for the first. */
  after: string;
  limit: number;
}

/**
 * Compares the next balances of customers, over all tenants, with the sum of their movements. Returns what differs, and
 * the id to go on behind; null after the last.
 */
export async function compareCustomers({ database, after, limit }: CompareCustomersInput) {
  const balances = await database.models.customerMrr
    .find({ _id: { $gt: after } })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<CustomerMrr[]>();
  const sums = await sumMovements({ database, balances });
  const differences: CustomerDifference[] = [];
  for (const balance of balances) {
    if (agrees(balance, sums.get(balance._id))) continue;
    // The customer may have moved between the two reads.
    const difference = await compareCustomer({ database, balanceId: balance._id });
    if (difference) differences.push(difference);
  }
  return { differences, next: balances.length < limit ? null : balances.at(-1)!._id };
}

interface MovementKey {
  tenantId: string;
  currency: string;
  customer: string;
}

interface MovementSum {
  sumMinor: number;
  movements: number;
}

const agrees = (
  { valueMinor, movements }: Pick<CustomerMrr, 'valueMinor' | 'movements'>,
  sum: MovementSum = { sumMinor: 0, movements: 0 },
): boolean => valueMinor === sum.sumMinor && movements === sum.movements;

/** Returns the sums of the movements of some customers, by the ids of their balances, in one command. */
async function sumMovements({
  database,
  balances,
}: {
  database: Database;
  balances: readonly CustomerMrr[];
}): Promise<Map<string, MovementSum>> {
  if (balances.length === 0) return new Map();
  const sums = await database.models.mrrMovements.aggregate<MovementSum & { _id: MovementKey }>([
    { $match: { $or: balances.map((balance) => ({ tenantId: balance.tenantId, ...namesOf(balance) })) } },
    {
      $group: {
        _id: { tenantId: '$tenantId', currency: '$currency', customer: '$customer' },
        sumMinor: { $sum: '$deltaMinor' },
        movements: { $sum: 1 },
      },
    },
  ]);
  return new Map(
    sums.map(({ _id: { tenantId, currency, customer }, ...sum }) => [`${tenantId}/${currency}/${customer}`, sum]),
  );
}

/** Returns the difference of a balance; null where it is the sum, or is gone. Both are read as of one moment. */
export const compareCustomer = ({
  database,
  balanceId,
}: {
  database: Database;
  balanceId: string;
}): Promise<CustomerDifference | null> =>
  database.inTransaction(async (session) => {
    const { customerMrr, mrrMovements } = database.models;
    const balance = await customerMrr.findById(balanceId).session(session).lean();
    if (!balance) return null;
    const { tenantId, valueMinor, movements: count } = balance;
    const { currency, customer } = namesOf(balance);
    const movements = await mrrMovements
      .find({ tenantId, customer, currency }, { deltaMinor: 1, subscriptionId: 1 })
      .sort({ customerMovement: 1 })
      .session(session)
      .lean();
    const sumMinor = movements.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
    if (agrees(balance, { sumMinor, movements: movements.length })) return null;
    const said = plainMoney({ amountMinor: valueMinor, currency });
    const summed = plainMoney({ amountMinor: sumMinor, currency });
    return {
      subject: balanceId,
      tenantId,
      subscriptionId: movements.at(-1)?.subscriptionId ?? 'unknown',
      detail:
        `The MRR of the customer of this subscription is ${said} after ${count} movement(s), ` +
        `and its ${movements.length} movement(s) sum to ${summed}.`,
    };
  });

/** The id of a balance is `<tenantId>/<currency>/<customer>`; only the last part may contain a slash. */
function namesOf({ _id, tenantId }: CustomerMrr): Omit<MovementKey, 'tenantId'> {
  const rest = _id.slice(tenantId.length + 1);
  const separator = rest.indexOf('/');
  return { currency: rest.slice(0, separator), customer: rest.slice(separator + 1) };
}
