import { setTimeout } from 'node:timers/promises';
import mongoose from 'mongoose';
import { PAGE, runSlice } from './load.mjs';

const PAIRS = 7;
const OPERATIONS = {
  getUser: 'GET /users/{id}',
  createOnboarding: 'POST /onboardings',
  listUsers: `GET /users?limit=${PAGE}`,
};
/** Requests in a slice. */
const SLICE = {
  bare: { getUser: 4000, createOnboarding: 4000, listUsers: 4000 },
  stubbed: { getUser: 2500, createOnboarding: 2500 },
  mongodb: { getUser: 2000, createOnboarding: 150, listUsers: 150 },
  whole: { getUser: 1200, createOnboarding: 150, listUsers: 150 },
};
/**
 * Onboardings a second at most where there is a database: slow enough that the api itself starts every workflow that it
 * accepts, and leaves none to the relay.
 */
const ONBOARDINGS_PER_SECOND = 50;
/** Slices before the first that counts: V8 continues to optimise for about ten thousand requests. */
const WARM_UP = { bare: 2, stubbed: 4, mongodb: 2, whole: 3 };
/** Time for the work of a whole api after its responses: the starts that it has sent to Temporal, twenty at most. */
const SETTLE_MS = 500;

/**
 * Measures the CPU per request relative to the two bare servers, from three consecutive slices: node:http, Express,
 * ours. The rows take turns, so that a noisy minute does not affect only one of them.
 */
export async function measureRequests({ startBare, startStubbed, startWhole, measureValidation, mongodbUri }) {
  const bodies = bodiesOf(await measureValidation());
  const [node, express, stubbed, whole] = [
    await startBare('node'),
    await startBare('express'),
    await startStubbed(),
    await startWhole(),
  ];
  const mongodb = await startBare('mongodb', { USER_ID: whole.userId, TENANT_ID: whole.tenantId });
  // A stub would make a page up; the users of a page are those of the onboardings, which come before.
  const rows = Object.keys(OPERATIONS)
    .flatMap((operation) => [
      operation !== 'listUsers' && {
        name: `${OPERATIONS[operation]}, stubbed`,
        operation,
        base: { ...express, kind: 'bare' },
        ours: { ...stubbed, kind: 'stubbed' },
        found: [],
      },
      {
        name: `${OPERATIONS[operation]}, whole`,
        operation,
        base: { ...mongodb, kind: 'mongodb' },
        ours: { ...whole, kind: 'whole' },
        found: [],
      },
    ])
    .filter(Boolean);
  let repeated = 0;
  const accepted = { stubbed: 0, whole: 0, bare: 0, mongodb: 0 };
  const microsOf = async (server, operation) => {
    const { kind, url, echoes = false } = server;
    const amount = SLICE[kind][operation];
    const { key, userId } = echoes ? whole : server;
    const before = await server.query('usage');
    const perSecond =
      operation === 'createOnboarding' && (kind === 'mongodb' || kind === 'whole') ? ONBOARDINGS_PER_SECOND : undefined;
    repeated += await runSlice({ url, operation, amount, perSecond, echoes, key, userId });
    if (kind === 'whole') await setTimeout(SETTLE_MS);
    const after = await server.query('usage');
    if (operation === 'createOnboarding') accepted[kind] += amount;
    return (after.cpuMicros - before.cpuMicros) / amount;
  };
  const bareNode = { ...node, kind: 'bare' };

  for (const { operation, base, ours } of rows) {
    for (const server of [bareNode, base, ours])
      for (let slice = 0; slice < WARM_UP[server.kind]; slice += 1) await microsOf(server, operation);
  }
  for (let pair = 0; pair < PAIRS; pair += 1) {
    for (const { operation, base, ours, found } of rows) {
      const [nodeMicros, baseMicros, micros] = [
        await microsOf(bareNode, operation),
        await microsOf(base, operation),
        await microsOf(ours, operation),
      ];
      found.push({ micros, nodeMicros, baseMicros, overNode: micros / nodeMicros, overExpress: micros / baseMicros });
    }
  }

  const checked = [
    countDocuments('stubbed', accepted.stubbed, await stubbed.query('written')),
    countDocuments('whole', accepted.whole + 1, await writtenTo({ mongodbUri, tenantId: whole.tenantId })),
  ];
  if (repeated > 0)
    checked.push(`${repeated} requests were repeated after a 503: the machine is busy, trust no figure`);
  for (const server of [node, express, mongodb, stubbed, whole]) await server.end();
  const fields = ['micros', 'nodeMicros', 'baseMicros', 'overNode', 'overExpress'];
  return {
    pairs: PAIRS,
    rows: rows.map(({ name, found }) => ({
      name,
      ...Object.fromEntries(fields.map((field) => [field, spread(found.map((pair) => pair[field]))])),
    })),
    bodies,
    checked,
  };
}

const bodiesOf = (measured) =>
  measured.map(({ name, bytes, rounds }) => ({
    name: `${name}, ${bytes} bytes`,
    parseMicros: spread(rounds.map(({ parse }) => parse)),
    readOverParse: spread(rounds.map(({ parse, read }) => read / parse)),
    validateOverParse: spread(rounds.map(({ parse, validate }) => validate / parse)),
  }));

export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2,
    min: sorted[0],
    max: sorted.at(-1),
  };
}

/** Number of documents that one accepted onboarding writes; without the check, work left undone would count as fast. */
const DOCUMENTS_PER_ONBOARDING = {
  held_addresses: 1,
  users: 1,
  onboardings: 1,
  events: 1,
  outbox: 2,
  idempotency: 1,
};

function countDocuments(kind, accepted, written) {
  for (const [collection, times] of Object.entries(DOCUMENTS_PER_ONBOARDING)) {
    if (written[collection] !== accepted * times)
      throw new Error(
        `${kind}: ${accepted} onboardings were accepted, ` +
          `but ${collection} has ${written[collection]} documents, not ${accepted * times}`,
      );
  }
  const started =
    written.started === undefined ? '' : `, ${written.started} of their workflows started by the api itself`;
  const documents = accepted * Object.values(DOCUMENTS_PER_ONBOARDING).reduce((sum, times) => sum + times, 0);
  return `${kind}: ${accepted} onboardings accepted, their ${documents} documents counted${started}`;
}

async function writtenTo({ mongodbUri, tenantId }) {
  const connection = await mongoose.createConnection(mongodbUri).asPromise();
  try {
    const count = (collection, filter = {}) =>
      connection.collection(collection).countDocuments({ tenantId, ...filter });
    const written = await Promise.all(
      Object.keys(DOCUMENTS_PER_ONBOARDING).map(async (collection) => [collection, await count(collection)]),
    );
    return {
      ...Object.fromEntries(written),
      started: await count('outbox', { start: { $ne: null }, doneAt: { $ne: null } }),
    };
  } finally {
    await connection.close();
  }
}
