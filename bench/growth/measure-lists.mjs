import mongoose from 'mongoose';
import { listDocuments, samples } from '../../src/testing/contract/list-documents.ts';
import { spread } from '../measure-requests.mjs';

/** Documents of one tenant in each collection. The numbers of documents in the two parts of a ratio. */
const FEW = 1000;
const MANY = 100_000;
const BATCH = 2000;
const ROUNDS = 7;
const WARM_UP = 2;
const MODE = 'sandbox';

const { user, plan, text, email, createdAfter, createdBefore } = samples;
/** The filters of each list, from which one request each is made, and some pairs. */
const LISTS = {
  '/users': ['', 'status=active', `email=${email}`, `createdAfter=${createdAfter}`, `createdBefore=${createdBefore}`],
  '/onboardings': [
    '',
    'state=completed',
    `userId=${user}`,
    `email=${email}`,
    `createdAfter=${createdAfter}`,
    `createdBefore=${createdBefore}`,
    `state=completed&createdBefore=${createdBefore}`,
  ],
  '/payments': [
    '',
    'state=captured',
    `customerId=${text}`,
    `orderRef=${text}`,
    `createdAfter=${createdAfter}`,
    `createdBefore=${createdBefore}`,
    `state=captured&createdBefore=${createdBefore}`,
  ],
  '/payments/{payments}/refunds': [''],
  '/payments/{payments}/events': [''],
  '/plans': [''],
  '/subscriptions': [
    '',
    'state=active',
    `customerId=${text}`,
    `userId=${user}`,
    `planId=${plan}`,
    `createdBefore=${createdBefore}`,
    `state=active&planId=${plan}`,
  ],
  '/subscriptions/{subscriptions}/invoices': ['', 'state=paid'],
  '/sandbox/mails': [
    '',
    `to=${email}`,
    'template=welcome',
    'state=delivered',
    `entityId=${text}`,
    `createdBefore=${createdBefore}`,
    'template=welcome&state=delivered',
  ],
  '/operations/compensations': ['', 'state=stuck'],
  '/operations/stuck': ['', 'kind=refund_owed'],
};

const states = {
  users: ['pending', 'active', 'suspended', 'cancelled'],
  onboardings: ['awaiting_verification', 'awaiting_profile', 'completed', 'expired', 'cancelled'],
  payments: ['captured', 'declined', 'refunded', 'failed'],
  refunds: ['pending', 'succeeded'],
  subscriptions: ['active', 'cancelled'],
  invoices: ['paid', 'void'],
  compensations: ['done', 'compensated', 'none', 'stuck'],
  stuck_items: ['refund_owed', 'workflow_missing', 'fraud_warning'],
  sandbox_mails: ['withheld', 'delivered'],
  templates: ['verification', 'welcome', 'rejection'],
};

/**
 * Measures the time of the first page of each list, with and without filters, for a tenant with 100,000 documents in
 * each collection and for one with 1,000, by turns in the same run.
 */
export async function measureLists({ startRole, createTenant, mongodbUri }) {
  const api = await startRole('api');
  const connection = await mongoose.createConnection(mongodbUri).asPromise();
  try {
    const tenants = [];
    for (const count of [FEW, MANY]) {
      const tenant = await createTenant({ url: api.url, mode: MODE, scopes: ['read', 'write', 'operator'] });
      tenants.push({
        ...tenant,
        url: api.url,
        ids: await seed({ connection, tenant, count, salt: tenants.length + 1 }),
      });
    }
    const rows = [];
    for (const [path, filters] of Object.entries(LISTS))
      for (const filter of filters)
        rows.push({ name: `${path} ${filter}`.trim(), ...(await timesOf(tenants, path, filter)) });
    return { few: FEW, many: MANY, rounds: ROUNDS, rows };
  } finally {
    await connection.close();
    await api.end();
  }
}

/** Makes one entity of each kind through the API, and copies it in batches. Returns the ids of the entities. */
async function seed({ connection, tenant: { tenantId, post }, count, salt }) {
  const amount = { amountMinor: 500, currency: 'EUR' };
  await post('/onboardings', { email: 'bench@example.com', name: 'Bench' });
  await post('/payments', { amount, paymentMethod: 'pm_ok' });
  const { id: planId } = await post('/plans', { name: 'Pro', amount, interval: 'month', intervalCount: 1 });
  await post('/subscriptions', { planId, customerId: 'bench', paymentMethod: 'pm_ok' });
  const templates = {};
  for (const name of ['users', 'onboardings', 'payments', 'plans', 'subscriptions', 'events', 'api_keys'])
    templates[name] = await connection.collection(name).findOne({ tenantId });
  templates.partners = await connection.collection('partners').findOne({ _id: tenantId.split(':')[0] });
  const {
    partners: _partners,
    api_keys: _apiKeys,
    ...collections
  } = listDocuments({
    tenantId,
    count,
    salt,
    templates,
    states,
  });
  for (const [name, documentAt] of Object.entries(collections))
    for (let from = 0; from < count; from += BATCH) {
      const documents = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => documentAt(from + index));
      await connection.collection(name).insertMany(documents, { ordered: false });
    }
  return { payments: templates.payments._id, subscriptions: templates.subscriptions._id };
}

/** Returns the times of a page for the two tenants, in ms, and their ratio in the same round. */
async function timesOf(tenants, path, filter) {
  const found = { few: [], many: [], ratio: [] };
  let refused = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const [few, many] = [await timeOf(tenants[0], path, filter), await timeOf(tenants[1], path, filter)];
    refused += [few, many].filter(({ status }) => status === 503).length;
    if (round < 0) continue;
    found.few.push(few.ms);
    found.many.push(many.ms);
    found.ratio.push(many.ms / few.ms);
  }
  return { ...Object.fromEntries(Object.entries(found).map(([name, values]) => [name, spread(values)])), refused };
}

/** Requests a page. A 503, for a page that takes longer than a request may, counts with its time. */
async function timeOf({ url, key, ids }, path, filter) {
  const whole = `${url}/api/v1${path.replace(/\{(\w+)\}/, (_all, name) => ids[name])}?${filter}`;
  const begun = performance.now();
  const response = await fetch(whole, { headers: { authorization: `Bearer ${key}` } });
  const body = await response.json();
  const ms = performance.now() - begun;
  if (response.status !== 503 && !(body.items?.length > 0))
    throw new Error(`${whole} responded with ${response.status} ${JSON.stringify(body)}`);
  return { ms, status: response.status };
}
