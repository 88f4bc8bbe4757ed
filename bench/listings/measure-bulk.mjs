import mongoose from 'mongoose';
import { spread } from '../measure-requests.mjs';

const ITEMS = 1000;
const WARM_UP = 2;
const ROUNDS = 5;

const item = (round, index) => ({
  ref: `bench-${round}-${index}`,
  title: `City bicycle ${index} of import ${round}`,
  description:
    'A comfortable bicycle for every day, ridden for two summers and kept dry. New tyres, working lights. '.repeat(4),
  category: 'bikes',
  price: { amountMinor: 25_000 + index, currency: 'EUR' },
  attributes: { gears: 7, frame: 'steel' },
  place: { name: 'Hamburg', country: 'DE' },
  language: 'en',
  ownerRef: `dealer-${index % 50}`,
  metadata: { stock: 'yard-2' },
});
const category = {
  names: { en: 'Bicycles', de: 'Fahrräder' },
  attributes: [
    { key: 'gears', names: { en: 'Gears', de: 'Gänge' }, type: 'number' },
    { key: 'frame', names: { en: 'Frame', de: 'Rahmen' }, type: 'option', options: ['steel', 'carbon'] },
  ],
};

/**
 * Measures what one listing of `POST /listings/bulk` costs the api, beside serialising the documents that are stored
 * for it, which no program can do without.
 */
export async function measureBulk({ startRole, createTenant, mongodbUri }) {
  const api = await startRole('api', {});
  const database = await mongoose.createConnection(mongodbUri).asPromise();
  try {
    const { key, tenantId } = await createTenant({ url: api.url, mode: 'sandbox' });
    const send = async (method, path, body, idempotencyKey) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
      const response = await fetch(`${api.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    await send('PUT', '/listing-categories/bikes', category);
    const rounds = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
      const items = Array.from({ length: ITEMS }, (_, index) => item(round, index));
      const before = (await api.query('usage')).cpuMicros;
      const { counts } = await send('POST', '/listings/bulk', { mode: 'create', items }, `bench-${round}`);
      if (counts.created !== ITEMS) throw new Error(`Not all were created: ${JSON.stringify(counts)}`);
      rounds.push({ micros: ((await api.query('usage')).cpuMicros - before) / ITEMS });
    }
    const documents = await storedFor(database, tenantId);
    const measured = rounds.slice(WARM_UP).map(({ micros }) => ({ micros, serialise: serialiseMicros(documents) }));
    return {
      items: ITEMS,
      documents: documents.length,
      micros: spread(measured.map(({ micros }) => micros)),
      serialiseMicros: spread(measured.map(({ serialise }) => serialise)),
      overSerialise: spread(measured.map(({ micros, serialise }) => micros / serialise)),
    };
  } finally {
    await database.close();
    await api.end();
  }
}

/** Returns the documents that were stored for one listing. */
async function storedFor(database, tenantId) {
  const listing = await database.collection('listings').findOne({ tenantId });
  const about = { tenantId, entityId: listing._id };
  return [
    listing,
    await database.collection('events').findOne(about),
    await database.collection('outbox').findOne(about),
    await database.collection('listing_revisions').findOne({ tenantId, listingId: listing._id }),
    await database.collection('idempotency').findOne({ tenantId, 'reply.body.listingId': listing._id }),
  ];
}

const CALLS = 2000;

function serialiseMicros(documents) {
  const { serialize } = mongoose.mongo.BSON;
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) for (const document of documents) serialize(document);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}
