import { createMetrics } from '../../../telemetry/metrics';
import { rowFor } from '../../../testing/relay-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { openStuckItem } from '../../../services/operator/stuck-items';
import { addPlatformGauges } from '../platform-gauges';

it('the gauges count what is open in the outbox, for a sweep and on the list of the operator', async () => {
  const { database, drop } = await openTestDatabase();
  const done = { open: undefined, pending: [], doneAt: new Date() };
  await database.models.outbox.insertMany([
    rowFor('mail', { createdAt: new Date(Date.now() - 60_000) }),
    rowFor('temporal'),
    rowFor('mail', { ...done, createdAt: new Date(0) }),
  ]);
  const about = { tenantId: 'ptn_1:live', entityType: 'payment', entityId: 'pay_1', detail: 'by a test' } as const;
  await openStuckItem({ database, kind: 'refund_owed', subject: 'pay_1', ...about });
  const ended = { state: 'live', expiresAt: new Date(Date.now() - 600_000), refKey: 'id:lst_1' };
  const others = [
    { state: 'expired', expiresAt: new Date(0), refKey: 'id:lst_2' },
    { state: 'live', expiresAt: new Date(Date.now() + 60_000), refKey: 'id:lst_3' },
  ];
  await database.models.listings.collection.insertMany([ended, ...others] as never);
  const metrics = createMetrics({ role: 'worker' });
  addPlatformGauges({ metrics, database, queues: { depth: async () => ({}) as never } });
  const text = await metrics.render();
  await drop();
  expect(text).toMatch(/outbox_open_rows\{role="worker"\} 2\n/);
  expect(text).toMatch(/outbox_lag_seconds\{role="worker"\} 6\d\./);
  expect(text).toMatch(/listing_sweep_lag_seconds\{role="worker"\} 60\d\./);
  expect(text).toMatch(/stuck_items_open\{kind="refund_owed",role="worker"\} 1\n/);
});

it('a scrape of the outbox reads one row and counts to a limit, and never misses a value', async () => {
  const { database, drop } = await openTestDatabase();
  const sixty = { createdAt: new Date(Date.now() - 60_000) };
  await database.models.outbox.insertMany([rowFor('mail', sixty), ...Array.from({ length: 4 }, () => rowFor('mail'))]);
  const pages: number[] = [];
  database.connection.getClient().on('commandSucceeded', ({ reply }) => {
    const { cursor } = reply as { cursor?: { firstBatch: unknown[] } };
    if (cursor) pages.push(cursor.firstBatch.length);
  });
  const metrics = createMetrics({ role: 'worker' });
  addPlatformGauges({ metrics, database, queues: { depth: async () => ({}) as never }, rowsCounted: 3 });
  const expectValues = (text: string) => {
    expect(text).toMatch(/outbox_open_rows\{role="worker"\} 3\n/);
    expect(text).toMatch(/outbox_lag_seconds\{role="worker"\} 6\d\./);
  };
  expectValues(await metrics.render());
  // The oldest row, the count, no listing for a sweep, and no item of the operator's list.
  expect(pages.toSorted((one, other) => one - other)).toEqual([0, 0, 1, 1]);
  await drop();
  expectValues(await metrics.render());
});
