import { userOnboardingId } from '../../../contracts/users/onboarding';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { watchCommands } from '../../../testing/servers/count-commands';
import { silent } from '../../../testing/queue-test-bed';
import { createReconciler } from '../reconcile';
import { BUCKETS_FORM } from '../../../services/reports/buckets/buckets-progress';
import { insertOnboardings } from './insert-onboardings';
import { visibleWorkflows } from './visible-workflows';

const CHANGED = 10;
const SLICE = 20;

let database: Database;
let drop: () => Promise<void>;
let documents = 0;
let taken: () => string[];
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  taken = watchCommands(database);
  database.connection.getClient().on('commandSucceeded', ({ reply }) => {
    const { cursor } = reply as { cursor?: { firstBatch?: unknown[]; nextBatch?: unknown[] } };
    documents += (cursor?.firstBatch ?? cursor?.nextBatch ?? []).length;
  });
});
beforeEach(() => Promise.all(Object.values(database.models).map((model) => model.collection.deleteMany({}))));
afterAll(() => drop());

/** Returns what each of some looks costs, while this many onboardings are open and ten of them have just changed. */
async function costsOfLooks({ open, looks }: { open: number; looks: number }) {
  const { processes, begin, taken: calls } = visibleWorkflows();
  const reconcile = createReconciler({ database, processes, logger: silent, slice: SLICE });
  const touchedAt = new Date(Date.now() - 20_000);
  await insertOnboardings({ database, count: open - CHANGED });
  await insertOnboardings({ database, count: CHANGED, changes: { touchedAt } });
  for (const { _id } of await database.models.onboardings.find({}, { _id: 1 }).lean()) begin(userOnboardingId(_id));
  const costs = [];
  for (let look = 0; look < looks; look += 1) {
    await endBucketsRound();
    documents = 0;
    taken();
    calls();
    expect(await reconcile()).toEqual({ listed: 0, mended: 0 });
    costs.push({ documents, commands: taken(), ...calls() });
  }
  return costs;
}

/** Leaves no day to compare: the cost of those is bounded by their number, not the same. */
async function endBucketsRound(): Promise<void> {
  const buckets = { form: BUCKETS_FORM, built: true, after: { tenantId: 'ptn_z', recordedDay: '2026-01-01' } };
  await database.models.reconcilerStates.updateOne(
    { _id: 'reconciler' },
    { $set: { buckets }, $setOnInsert: { heldBy: null, heldUntil: new Date(0), lookedAt: null } },
    { upsert: true },
  );
}

/**
 * What a look costs MongoDB and Temporal: exact, on any machine. One command reads the customers to compare, and two
 * look for a day of recording.
 */
it('a look costs the same however much is open', async () => {
  const few = await costsOfLooks({ open: 50, looks: 2 });
  const [first, second] = few;
  expect(first).toMatchObject({ documents: 62, listed: 21 });
  expect(second).toMatchObject({ documents: 61, listed: 21, calls: ['count', 'list', 'list', 'count', 'list'] });
  expect([first!.commands.length, second!.commands.length]).toEqual([23, 17]);
  await Promise.all(Object.values(database.models).map((model) => model.collection.deleteMany({})));
  expect(await costsOfLooks({ open: 19 * SLICE, looks: 2 })).toEqual(few);
});

it('a look at an idle platform reads no entity', async () => {
  const { processes, taken: calls } = visibleWorkflows();
  await createReconciler({ database, processes, logger: silent })();
  taken();
  await createReconciler({ database, processes, logger: silent })();
  expect(taken().filter((command) => !/^find |reconciler_state|^aggregate /.test(command))).toEqual([]);
  expect(calls().listed).toBe(0);
});
