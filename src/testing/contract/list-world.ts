import mongoose from 'mongoose';
import { reasonNotToExplain } from '../../../scripts/checks/queries/explain-queries';
import { queriesOf, type Document, type SentQuery } from '../../../scripts/checks/queries/sent-query';
import { scopes } from '../../domain/tenant';
import type { Operation } from '../../http/pipeline/contract';
import type { Database } from '../../models/database';
import { expectContract } from '../expect-contract';
import { indexesOf } from '../servers/record-queries';
import { OPERATOR_KEY, startTestApi } from '../test-api';
import { reportDocuments } from './report-documents';
import { seedReport } from './seed-report';
import { seedReportLink } from './seed-report-link';
import { seedReview } from './seed-review';
import { seedPayment } from '../worlds/seed-payment';
import { seedSubscription } from '../worlds/seed-subscription';
import { listDocuments, type SeedDocument, type Templates } from './list-documents';
import { listingDocuments } from './listing-documents';
import { valuesOfFilter } from './list-requests';

const { EJSON } = mongoose.mongo.BSON;

export type ListWorld = Awaited<ReturnType<typeof openListWorld>>;

/** Opens the API with a tenant that has one entity of each kind, and watches the queries of list pages. */
export async function openListWorld() {
  const api = await startTestApi({
    limits: { requestsPerMinute: 1_000_000, maxBodyBytes: 65_536 },
  });
  const { database } = api;
  const tenant = await api.newTenant({ scopes: [...scopes] });
  const { tenantId, partnerId, key } = tenant;
  const { body } = await api.call('post', '/onboardings', key).send({ email: 'ada@example.com', name: 'Ada' });
  const { paymentId } = await seedPayment({ api, tenantId });
  const { subscriptionId } = await seedSubscription({ api, tenantId });
  const { listingId, reviewId } = await seedReview({ api, key });
  const { reportId, scheduleId } = await seedReport({ api, key });
  await seedReportLink({ database, tenantId, reportId });
  const sent: Document[] = [];
  database.connection.on('commandStarted', ({ command: { find, filter, sort, limit } }: { command: Document }) => {
    // As it is sent: the driver's own form of an order is a Map.
    if (find !== undefined && limit === LIMIT + 1)
      sent.push(EJSON.parse(EJSON.stringify({ find, filter, sort, limit })) as Document);
  });
  const run = (command: Document) => database.connection.db!.command(command);
  return {
    ...api,
    tenant,
    ids: {
      onboardingId: String(body.id),
      paymentId,
      subscriptionId,
      partnerId,
      listingId,
      reviewId,
      reportId,
      scheduleId,
    } as Record<string, string>,
    indexes: indexesOf(database),
    /** Returns the reason not to measure what the server reads; null for MongoDB. `EXPLAIN_STAND_IN=1` overrides it. */
    reasonNotToMeasure: async () => (process.env.EXPLAIN_STAND_IN === '1' ? null : reasonNotToExplain(run)),
    /** Fills the tenant's part of every listed collection. */
    async fill(count: number): Promise<void> {
      const templates = await readTemplates(database, sharedNames);
      const collections = Object.entries({
        ...listDocuments({ tenantId, count, salt: 1, states, templates }),
        ...listingDocuments({ tenantId, count, templates: await readTemplates(database, listingNames) }),
        ...reportDocuments({
          tenantId,
          count,
          templates: await readTemplates(database, ['reports', 'report_schedules']),
          states,
        }),
      });
      for (const [name, at] of collections)
        for (let from = 0; from < count; from += BATCH) {
          const documents = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => at(from + index));
          await database.connection.collection(name).insertMany(documents as never, { ordered: false });
        }
    },
    /** Returns the numbers of keys and documents that the server read for a page, and of those that it returned. */
    async measure(command: Document) {
      const explained = await run({ explain: command, verbosity: 'executionStats' });
      const { nReturned, totalKeysExamined, totalDocsExamined } = explained.executionStats as Record<string, number>;
      return { returned: nReturned!, keys: totalKeysExamined!, documents: totalDocsExamined! };
    },
    /** Returns the keys that list: the operator's, the tenant's, or both, whose queries differ. */
    keysFor({ platformOnly, scopes: needed }: Operation): string[] {
      if (platformOnly) return [OPERATOR_KEY];
      return needed?.includes('operator') ? [OPERATOR_KEY, key] : [key];
    },
    /** Requests a page; returns its body, and the commands and queries that selected its items. */
    async read(path: string, withKey: string) {
      sent.length = 0;
      const response = expectContract(await api.call('get', `${path}&limit=${LIMIT}`, withKey));
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${response.text}`);
      const commands = [...sent];
      const queries: SentQuery[] = commands.flatMap((command) => queriesOf({ place: path, command }));
      return { body: response.body as { items: unknown[] }, commands, queries };
    },
  };
}

/** A number that no other query of a list has, and that every list allows. */
const LIMIT = 17;
const BATCH = 1000;

/** The values of the enums by which lists are filtered, by the collection whose documents have them. */
const states = {
  users: valuesOfFilter('listUsers', 'status'),
  onboardings: valuesOfFilter('listOnboardings', 'state'),
  payments: valuesOfFilter('listPayments', 'state'),
  refunds: ['pending', 'succeeded', 'failed'],
  subscriptions: valuesOfFilter('listSubscriptions', 'state'),
  reports: valuesOfFilter('listReports', 'state'),
  report_schedules: valuesOfFilter('listReportSchedules', 'state'),
  invoices: valuesOfFilter('listInvoices', 'state'),
  compensations: valuesOfFilter('listCompensations', 'state'),
  stuck_items: valuesOfFilter('listStuck', 'kind'),
  sandbox_mails: valuesOfFilter('listSandboxMails', 'state'),
  templates: valuesOfFilter('listSandboxMails', 'template'),
};

const sharedNames = [
  'users',
  'onboardings',
  'payments',
  'plans',
  'subscriptions',
  'events',
  'partners',
  'api_keys',
] as const satisfies (keyof Templates)[];
const listingNames = ['listing_categories', 'listings', 'listing_revisions', 'listing_reviews'] as const;

/** Returns a document of each collection. */
async function readTemplates<Name extends string>({ connection }: Database, names: readonly Name[]) {
  const read = async (name: Name) => [name, await connection.collection(name).findOne({})] as const;
  return Object.fromEntries(await Promise.all(names.map(read))) as Record<Name, SeedDocument>;
}
