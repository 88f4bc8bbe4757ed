import { randomUUID } from 'node:crypto';
import { taskQueues } from '../../contracts/task-queues';
import { createCommands } from '../../temporal/commands/commands';
import { expectContract } from '../expect-contract';
import { startTestApi, type TestMethod } from '../test-api';
import { waitFor } from '../wait-for';
import { advanceHere } from '../worlds/advance-here';
import { openBaseWorld } from '../worlds/base-world';
import { categoriesOf, description, firstContent, patchOf, seenOf } from './listing-content';
import type { ListingCommand, NewListingTerms } from './listing-sequences';
import type { ListingSubject } from './random-listings';
import { dayAfter, ZONE, type Answer } from './seen-listing';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Opens the API over a database and a Temporal in which the reviews run, for listings of any number of tenants. */
export async function openListingApi() {
  const world = await openBaseWorld({ taskQueues: [taskQueues.listings] });
  const { database, client, starter } = world;
  const api = await startTestApi({
    database,
    ...createCommands({ client, database, starter }),
    startSoon: (row) => void starter.start(row).catch(() => undefined),
    limits: { requestsPerMinute: 100_000, maxBodyBytes: 65_536 },
  });

  return {
    /** Creates a listing of a new tenant, on a clock of its own. */
    async open(terms: NewListingTerms): Promise<ListingSubject> {
      const { graceDays } = terms;
      const { partnerId } = await world.newPartner({ timeZone: ZONE, listings: { graceDays } });
      const { tenantId, key } = await api.newTenant({ partnerId });
      return createListing({ ...world, api, tenantId, key }, terms);
    },
    async close(): Promise<void> {
      await api.stop();
      await world.close();
    },
  };
}

type Api = Awaited<ReturnType<typeof startTestApi>>;
type World = Awaited<ReturnType<typeof openBaseWorld>>;
interface Tenant extends Pick<World, 'database' | 'client' | 'starter' | 'clock'> {
  api: Api;
  tenantId: string;
  key: string;
}

async function createListing(tenant: Tenant, { policy, duration }: NewListingTerms): Promise<ListingSubject> {
  const { database, starter, clock, tenantId, key } = tenant;
  const { models } = database;
  const request = async (method: TestMethod, path: string, body?: object, idempotencyKey?: string) => {
    const sent = tenant.api.call(method, path, key).send(body);
    return expectContract(await (idempotencyKey ? sent.set('Idempotency-Key', idempotencyKey) : sent));
  };
  const now = async () => (await clock.now(tenantId)).getTime();

  /** Sends what is left in the outbox, as the relay does, and waits until no review is being checked. */
  const settle = async () => {
    const checking = { tenantId, state: 'checking' } as const;
    await waitFor(async () => !(await models.listingReviews.exists(checking)), { what: 'the checks to end' });
    for (const row of await models.outbox.find({ tenantId, open: true, pending: 'temporal' }).lean())
      await starter.start(row);
  };

  // Late in the morning of the next day, so that every step of time keeps away from midnight.
  const offsetMs = Math.ceil(Date.now() / DAY_MS) * DAY_MS + 6 * HOUR_MS - Date.now();
  await models.sandboxClocks.create({ _id: tenantId, tenantId, offsetMs, updatedAt: new Date() });
  for (const { slug, terms } of categoriesOf(policy)) await request('put', `/listing-categories/${slug}`, terms);
  const { durationDays, lastDayIn } = duration;
  const created = await request('post', '/listings', {
    description,
    ...patchOf(firstContent),
    ownerRef: 'owner',
    ...(durationDays === undefined ? {} : { durationDays }),
    ...(lastDayIn === undefined ? {} : { lastDay: dayAfter(await now(), lastDayIn) }),
  });
  const listingId = String(created.body.id);

  return {
    now,
    async pass(byMs) {
      const failure = await advanceHere({ world: tenant, by: `PT${Math.round(byMs / 1000)}S` });
      if (failure) throw new Error(`The clock did not move: ${JSON.stringify(failure)}`);
      await settle();
    },
    async send(command, { revision, isRepeated }) {
      const { method, path, body } = requestOf(command, revision);
      const idempotencyKey = method === 'post' ? randomUUID() : undefined;
      const send = () => request(method, `/listings/${listingId}${path}`, body, idempotencyKey);
      // On a busy machine an outcome may stay open for a while; under its key the command is applied once.
      const response = idempotencyKey ? await untilKnown(send) : await send();
      await settle();
      const answer = answerOf(response);
      if (!isRepeated || !idempotencyKey || typeof answer === 'string') return answer;
      const again = answerOf(await send());
      return again === answer ? answer : `${answer}, and then ${again}`;
    },
    async read() {
      const { status, body } = await request('get', `/listings/${listingId}`);
      if (status === 404) return null;
      const { state, live, draft, revision, lastDay, expiresAt, review } = body;
      const end = expiresAt && Date.parse(expiresAt);
      const isReviewed = review !== null;
      return { state, live: seenOf(live), draft: seenOf(draft), revision, lastDay, expiresAt: end, isReviewed };
    },
    events: () => models.events.find({ tenantId, entityId: listingId }).sort({ version: 1 }).lean(),
  };
}

/** Sends a request again while its answer says nothing about its outcome, as clients do. */
const untilKnown = async <Response extends { status: number; body: { code?: string } | null }>(
  send: () => Promise<Response>,
): Promise<Response> =>
  waitFor(
    async () => {
      const response = await send();
      return response.status !== 503 && response.body?.code !== 'REQUEST_IN_FLIGHT' && response;
    },
    { what: 'an answer', everyMs: 200 },
  );

const answerOf = ({ status, body }: { status: number; body: { code?: string } | null }): Answer =>
  status < 400 ? status : String(body?.code);

/** Returns the request by which the API takes a command. */
function requestOf(command: ListingCommand, revision: number): { method: TestMethod; path: string; body?: object } {
  switch (command.what) {
    case 'edit':
      return { method: 'patch', path: '', body: patchOf(command.patch) };
    case 'set_duration':
      return { method: 'patch', path: '', body: { durationDays: command.days } };
    case 'delete':
      return { method: 'delete', path: '' };
    case 'submit': {
      const { renewDays, submittedBy } = command;
      const body = { ...(renewDays === null ? {} : { renewDays }), ...(submittedBy === null ? {} : { submittedBy }) };
      return { method: 'post', path: '/submit', body };
    }
    default:
      return { method: 'post', path: `/${command.what}`, body: bodyOf(command, revision) };
  }
}

function bodyOf(command: ListingCommand, revision: number): object | undefined {
  switch (command.what) {
    case 'approve':
    case 'reject': {
      const { what, reviewer, isStale } = command;
      const reasons = what === 'reject' ? { reason: 'quality', comment: 'Say where it is' } : {};
      return { reviewer, revision: isStale ? revision + 1 : revision, ...reasons };
    }
    case 'claim':
      return { reviewer: command.reviewer };
    case 'withdraw':
      return { reason: 'sold' };
    case 'renew':
      return { days: command.days };
    case 'suspend':
    case 'reinstate':
      return { reviewer: 'moderator', reason: 'Reported' };
    default:
      return undefined;
  }
}
