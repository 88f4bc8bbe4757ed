// Payments as jobs of a bare BullMQ: the job's data says which steps are done; the payment's own rows are in MongoDB.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { loadPaymentWork, servePayments } from './serve-payments.mjs';

const QUEUE = 'bench-payments';
const CONCURRENCY = 100;

const { MONGODB_URI, REDIS_URL } = process.env;
const work = loadPaymentWork();
const client = await MongoClient.connect(MONGODB_URI, {
  maxPoolSize: 50,
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
});
const [payments, postings, notifications] = ['payments', 'postings', 'notifications'].map((name) =>
  client.db().collection(name),
);

/** Moves the payment, with its posting and its notification, in one transaction; a repeat changes nothing. */
const move = ({ id, from, to, set, posting: { key, ...posting }, notify }) =>
  client.withSession((session) =>
    session.withTransaction(async () => {
      const updatedAt = new Date();
      const changes = { $set: { ...set, state: to, updatedAt } };
      const { matchedCount } = await payments.updateOne({ _id: id, state: from }, changes, { session });
      if (matchedCount === 0) return;
      await postings.insertOne({ _id: key, ...posting }, { session });
      if (notify)
        await notifications.insertOne({ _id: `${id}/${to}`, data: { state: to }, createdAt: updatedAt }, { session });
    }),
  );

/** Runs the steps that the job has not recorded. */
async function makePayment(job) {
  const { payment } = job.data;
  const { id } = payment;
  if (job.data.done === null) {
    await work.checkCard(payment);
    await job.updateData({ payment, done: 'checkCard' });
  }
  if (job.data.done === 'checkCard') {
    const { authorisationId, posting } = await work.authorise(payment);
    await move({ id, from: 'accepted', to: 'authorised', set: { authorisationId }, posting });
    await job.updateData({ payment, done: 'authorise', authorisationId });
  }
  const { posting } = await work.capture(payment, job.data.authorisationId);
  await move({ id, from: 'authorised', to: 'captured', set: {}, posting, notify: true });
}

for (const { collectionName } of [payments, postings, notifications])
  await client.db().createCollection(collectionName);
const waiting = new Map();
const queue = new Queue(QUEUE, { connection: new Redis(REDIS_URL, { maxRetriesPerRequest: null }) });
const worker = new Worker(QUEUE, makePayment, {
  connection: new Redis(REDIS_URL, { maxRetriesPerRequest: null }),
  concurrency: CONCURRENCY,
});
worker.on('completed', (job) => waiting.get(job.id).resolve());
worker.on('failed', (job, error) => process.stderr.write(`${job.id}: ${error.stack}\n`));
await worker.waitUntilReady();
servePayments({
  async accept(payment) {
    const { id, at, ...fields } = payment;
    await payments.insertOne({ _id: id, ...fields, state: 'accepted', createdAt: new Date(at) });
    const end = Promise.withResolvers();
    waiting.set(id, end);
    const retries = { attempts: 10, backoff: { type: 'exponential', delay: 1000 } };
    await queue.add('payment', { payment, done: null }, { jobId: id, ...retries });
    return { ended: end.promise };
  },
  countRows: async () => ({
    payments: await payments.countDocuments({ state: 'captured' }),
    postings: await postings.countDocuments({}),
    notifications: await notifications.countDocuments({}),
  }),
});
