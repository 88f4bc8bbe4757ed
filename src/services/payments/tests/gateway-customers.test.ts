import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { findGatewayCustomerId, keepGatewayCustomer } from '../gateway-customers';

const at = '2026-11-21T09:00:00.000Z';
const tenantId = 'ptn_a:live';
let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

/** A gateway that creates one customer per key. */
const newGateway = () => {
  const ids = new Map<string, string>();
  const create = async ({ idempotencyKey }: { idempotencyKey: string }) => {
    const gatewayCustomerId = ids.get(idempotencyKey) ?? `cus_${ids.size + 1}`;
    ids.set(idempotencyKey, gatewayCustomerId);
    return { gatewayCustomerId };
  };
  return { ids, create };
};

test('racing charges of one customer create one customer at the gateway', async () => {
  const { ids, create } = newGateway();
  const keep = () => keepGatewayCustomer({ database, tenantId, customerId: 'cust-1', at, create });
  const kept = await Promise.all(Array.from({ length: 8 }, keep));
  expect(new Set(kept)).toEqual(new Set(['cus_1']));
  expect(ids.size).toBe(1);
  expect(await keep()).toBe('cus_1');
});

test('a call that failed is repeated under the same key', async () => {
  const { ids, create } = newGateway();
  const customer = { database, tenantId, customerId: 'cust-2', at };
  const cut = async (input: { idempotencyKey: string; reference: string }) => {
    await create(input);
    throw new Error('cut off');
  };
  await expect(keepGatewayCustomer({ ...customer, create: cut })).rejects.toThrow('cut off');
  expect(await findGatewayCustomerId(customer)).toBeNull();
  expect(await keepGatewayCustomer({ ...customer, create })).toBe('cus_1');
  expect(ids.size).toBe(1);
});

test('the customers of two tenants never meet', async () => {
  const { create } = newGateway();
  const one = await keepGatewayCustomer({ database, tenantId, customerId: 'cust-3', at, create });
  const two = await keepGatewayCustomer({ database, tenantId: 'ptn_b:live', customerId: 'cust-3', at, create });
  expect(two).not.toBe(one);
});
