import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { mendStuckItem, openStuckItem } from '../stuck-items';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const kind = 'workflow_missing';
const list = (subject: string, detail = 'No workflow runs') =>
  openStuckItem({
    database,
    tenantId: 'ptn_1:live',
    kind,
    entityType: 'onboarding',
    entityId: newId('onboarding'),
    subject,
    detail,
  });
const itemsOf = (subject: string) =>
  database.models.stuckItems
    .find({ subject }, { _id: 0, state: 1, detail: 1, occurrence: 1 })
    .sort({ occurrence: 1 })
    .lean();

it('an item is listed again each time that its cause returns after it was resolved', async () => {
  for (let time = 1; time <= 3; time++) {
    expect(await list('returning')).toBe(true);
    expect(await list('returning', `found ${time} times`)).toBe(false);
    await mendStuckItem({ database, kind, subject: 'returning' });
  }
  expect(await itemsOf('returning')).toEqual(
    [1, 2, 3].map((occurrence) => ({ state: 'mended', detail: `found ${occurrence} times`, occurrence })),
  );
});

it('an item that many find at the same moment is listed once, in a transaction or not', async () => {
  const inTransaction = () =>
    database.inTransaction((session) =>
      openStuckItem({
        database,
        session,
        tenantId: 'ptn_1:live',
        kind,
        entityType: 'onboarding',
        entityId: newId('onboarding'),
        subject: 'crowded',
        detail: 'found within a transaction',
      }),
    );
  const found = await Promise.allSettled(
    Array.from({ length: 12 }, (_, n) => (n % 2 ? list('crowded') : inTransaction())),
  );
  expect(found.filter((one) => one.status === 'fulfilled' && one.value)).toHaveLength(1);
  // A transaction may be refused, and is then run again by its caller; without one the caller need not care.
  expect(found.filter((one, n) => n % 2 && one.status === 'rejected')).toEqual([]);
  expect(await itemsOf('crowded')).toMatchObject([{ state: 'open', occurrence: 1 }]);
});
