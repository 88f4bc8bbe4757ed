import { newId } from '../../domain/ids';
import { tenantIdOf } from '../../domain/tenant';
import type { User } from '../../models/users/user';
import { insertDocuments } from '../../services/insert-documents';
import { expectContract } from '../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../testing/test-api';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 10, 21) + hours * HOUR);
/**
 * Hours of `createdAt` in the order in which the ids are made: ties, times that ids do not follow (a charge dated by
 * its process), and times ahead of every id (a sandbox whose clock was advanced).
 */
const HOURS = [0, 3, 3, 1, 3, 2, 2, 30_000, 5, 30_000, 5, 5, 4, 60_000, 5];

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function seedUsers(tenantId: string): Promise<User[]> {
  const users = HOURS.map((hours, index): User => ({
    _id: newId('user'),
    tenantId,
    state: index % 2 === 0 ? 'active' : 'pending',
    version: 1,
    chain: null,
    correlationId: 'test',
    createdAt: at(hours),
    updatedAt: at(hours),
    onboardingId: newId('onboarding'),
    email: `u${index}@example.com`,
    emailKey: `u${index}@example.com`,
    name: `User ${index}`,
    locale: 'en',
    timeZone: 'UTC',
    profile: null,
    metadata: {},
  }));
  await insertDocuments({ model: api.database.models.users, documents: users });
  return users;
}

/** Returns the ids of all pages, each item once, and the number of queries. */
async function pages(key: string, query: string, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { body } = await api.call('get', `/users?limit=${limit}${query}${from}`, key).then(expectContract);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next;
  } while (cursor !== null);
  return seen;
}

const ranges: [string, number | null, number | null][] = [
  ['all', null, null],
  ['from a tie on', 3, null],
  ['before a tie', null, 5],
  ['between two times', 1, 5],
  ['between two times that no item has', 1.5, 29_999],
  ['ahead of real time', 30_000, null],
  ['nothing', 7, 8],
];

it.each(ranges)('lists each item once, newest first, page by page: %s', async (_name, after, before) => {
  const { key, tenantId } = await api.newTenant();
  const users = await seedUsers(tenantId);
  await seedUsers(tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' }));
  const within = ({ createdAt }: User) =>
    (after === null || createdAt >= at(after)) && (before === null || createdAt < at(before));
  const query = [
    ...(after === null ? [] : [`&createdAfter=${at(after).toISOString()}`]),
    ...(before === null ? [] : [`&createdBefore=${at(before).toISOString()}`]),
  ].join('');
  const newestFirst = users
    .filter(within)
    .toSorted((one, other) => Number(other.createdAt) - Number(one.createdAt) || (one._id < other._id ? 1 : -1));
  for (const limit of [1, 2, 3, 100]) expect(await pages(key, query, limit)).toEqual(newestFirst.map(({ _id }) => _id));
  const active = newestFirst.filter(({ state }) => state === 'active').map(({ _id }) => _id);
  expect(await pages(key, `${query}&status=active`, 2)).toEqual(active);
});

it('neither repeats nor hides items when others are added or removed between two pages', async () => {
  const { key, tenantId } = await api.newTenant();
  const users = await seedUsers(tenantId);
  const sorted = users.toSorted(
    (one, other) => Number(other.createdAt) - Number(one.createdAt) || (one._id < other._id ? 1 : -1),
  );
  const { body } = await api.call('get', '/users?limit=5', key);
  await api.database.models.users.deleteOne({ _id: sorted[4]?._id });
  await seedUsers(tenantId);
  const rest = await api.call('get', `/users?limit=100&cursor=${body.next}`, key);
  const ids = rest.body.items.map(({ id }: { id: string }) => id);
  expect(ids.filter((id: string) => users.some(({ _id }) => _id === id))).toEqual(
    sorted.slice(5).map(({ _id }) => _id),
  );
});
