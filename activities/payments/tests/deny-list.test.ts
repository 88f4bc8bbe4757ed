import { createMongoListingSearch } from '../../../src/clients/search/mongo-listing-search';
import { newId } from '../../../src/domain/ids';
import { tenantIdOf } from '../../../src/domain/tenant';
import type { PartnerDenyListEntry } from '../../../src/domain/payments/fraud';
import { acceptPayment, type AcceptPaymentInput } from '../../../src/services/payments/accept-payment';
import type { Database } from '../../../src/models/database';
import { openTestDatabase } from '../../../src/testing/servers/test-database';
import { createActivities } from '../..';

const at = '2026-11-21T09:00:00.000Z';
const by = { kind: 'api_key', id: 'key_test' } as const;
let database: Database;
let drop: () => Promise<void>;
let activities: ReturnType<typeof createActivities>;

beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  activities = createActivities({
    database,
    listingSearch: createMongoListingSearch({ model: database.models.listingSearchEntries }),
    operatorEmail: 'operator@platform.example',
    sandboxClock: undefined as never,
    gatewayFor: undefined as never,
    probeImages: undefined as never,
    fileStore: undefined as never,
    renderReport: undefined as never,
  });
});
afterAll(() => drop());

async function newPartner(denyList?: PartnerDenyListEntry[]) {
  const [partnerId, now] = [newId('partner'), new Date()];
  await database.models.partners.collection.insertOne({
    _id: partnerId as never,
    name: 'Acme',
    timeZone: 'UTC',
    locale: 'en',
    reviewers: [],
    metadata: {},
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...(denyList ? { denyList } : {}),
  });
  return { partnerId, tenantId: tenantIdOf({ partnerId, mode: 'sandbox' }) };
}

/** Returns the decision of a payment's fraud check and the reasons that are stored with it. */
async function check(
  tenantId: string,
  more: Partial<Pick<AcceptPaymentInput, 'customerId' | 'paymentMethod' | 'purpose'>>,
) {
  const { payment } = await database.inTransaction((session) =>
    acceptPayment({
      database,
      session,
      tenantId,
      amount: { amountMinor: 500, currency: 'EUR' },
      paymentMethod: 'pm_ok',
      correlationId: 'test',
      by,
      at,
      ...more,
    }),
  );
  const step = { tenantId, paymentId: payment._id, chain: 'run', at };
  await activities.validatePayment({ ...step, step: 'validating', runId: 'run' });
  const { decision } = await activities.checkFraud({ ...step, step: 'check-fraud' });
  const { fraud } = await database.models.payments.findById(payment._id).lean().orFail();
  return [decision, fraud?.reasons.map(({ detail }) => detail)];
}

it("a partner's deny list declines its own customers and payment methods, renewals included", async () => {
  const { tenantId } = await newPartner([
    { kind: 'customer', value: 'cust-7', reason: 'Chargebacks' },
    { kind: 'payment_method', value: 'pm_stolen', reason: 'Stolen' },
  ]);
  expect(await check(tenantId, { customerId: 'CUST-7' })).toEqual([
    'deny',
    ['The customer is on the deny list: Chargebacks'],
  ]);
  expect(await check(tenantId, { customerId: 'cust-7', purpose: 'renewal' })).toEqual([
    'deny',
    ['The customer is on the deny list: Chargebacks'],
  ]);
  expect(await check(tenantId, { paymentMethod: 'pm_stolen' })).toEqual([
    'deny',
    ['The payment method is on the deny list: Stolen'],
  ]);
  expect(await check(tenantId, { customerId: 'cust-8' })).toEqual(['allow', []]);
  expect(await check((await newPartner([])).tenantId, { customerId: 'cust-7' })).toEqual(['allow', []]);
  // A partner from before deny lists existed.
  expect(await check((await newPartner()).tenantId, { customerId: 'cust-7' })).toEqual(['allow', []]);
});

it('a changed list applies from the next payment on', async () => {
  const { partnerId, tenantId } = await newPartner([]);
  expect((await check(tenantId, { customerId: 'c' }))[0]).toBe('allow');
  await database.models.partners.updateOne(
    { _id: partnerId },
    { $set: { denyList: [{ kind: 'customer', value: 'c', reason: 'Fraud' }] } },
  );
  expect((await check(tenantId, { customerId: 'c' }))[0]).toBe('deny');
  await database.models.partners.updateOne({ _id: partnerId }, { $set: { denyList: [] } });
  expect((await check(tenantId, { customerId: 'c' }))[0]).toBe('allow');
});
