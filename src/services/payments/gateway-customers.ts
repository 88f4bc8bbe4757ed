import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { GatewayCustomer } from '../../models/payments/gateway-customer';
import { insertDocuments } from '../insert-documents';

interface CustomerInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  customerId: string;
}

const findCustomer = ({ database, tenantId, customerId }: CustomerInput): Promise<GatewayCustomer | null> =>
  database.models.gatewayCustomers.findOne({ tenantId, customerId }).lean();

/** Returns the gateway's id of a customer; null for a customer that the gateway does not know. */
export const findGatewayCustomerId = async (input: CustomerInput): Promise<string | null> =>
  (await findCustomer(input))?.gatewayCustomerId ?? null;

export interface KeepGatewayCustomerInput extends CustomerInput {
  /** Business time, ISO 8601. */
  at: string;
  /** Creates the customer at the gateway, once per key. */
  create: (input: { idempotencyKey: string; reference: string }) => Promise<{ gatewayCustomerId: string }>;
}

/**
 * Returns the gateway's id of a customer, who is created at the gateway on the first call. The document that keeps the
 * id is written first: its own id is the key, so that concurrent and repeated calls create one customer.
 */
export async function keepGatewayCustomer({ create, at, ...input }: KeepGatewayCustomerInput): Promise<string> {
  const { database, tenantId } = input;
  const { gatewayCustomers } = database.models;
  const { _id, gatewayCustomerId: known } = (await findCustomer(input)) ?? (await insertCustomer(input, at));
  if (known !== null) return known;
  const { gatewayCustomerId } = await create({ idempotencyKey: `${_id}:create`, reference: _id });
  await gatewayCustomers.updateOne({ _id, tenantId, gatewayCustomerId: null }, { $set: { gatewayCustomerId } });
  // The gateway forgets keys after a day: the id that was stored first counts.
  return (await findGatewayCustomerId(input)) ?? gatewayCustomerId;
}

async function insertCustomer(input: CustomerInput, at: string): Promise<GatewayCustomer> {
  const { database, tenantId, customerId } = input;
  const _id = newId('gatewayCustomer');
  const customer = { _id, tenantId, customerId, gatewayCustomerId: null, createdAt: new Date(at) };
  try {
    await insertDocuments({ model: database.models.gatewayCustomers, documents: [customer] });
    return customer;
  } catch (error) {
    const twin = isDuplicateKey(error) ? await findCustomer(input) : null;
    if (!twin) throw error;
    return twin;
  }
}
