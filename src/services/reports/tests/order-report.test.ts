import { newId } from '../../../domain/ids';
import { postCapture } from '../../../domain/payments/ledger';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { tenantIdOf } from '../../../domain/tenant';
import { openTestDatabase, type TestDatabase } from '../../../testing/servers/test-database';
import { orderWindow } from '../order-report';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test?.drop());

it('refuses a report with more rows than it may have, and says how many', async () => {
  const { database } = test;
  const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
  const now = new Date('2026-07-01T00:00:00Z');
  for (const [index, currency] of ['EUR', 'EUR', 'EUR', 'JPY'].entries()) {
    const amount = { amountMinor: 100, currency };
    const posting = postCapture({ key: `key-${index}`, paymentId: 'pay_1', captured: amount, authorised: amount });
    const fact = { ...posting, _id: `${tenantId}/${index}`, tenantId, at: new Date('2026-03-10'), recordedAt: now };
    await database.models.ledgerPostings.collection.insertOne(fact as never);
  }
  const window = windowOf({ period: '2026-03', timeZone: 'UTC', now: now.toISOString() });
  const asked = { tenantId, type: 'payments', window, filters: {}, formats: ['csv'] as const };
  const order = (maxRows: number, filters = {}) =>
    orderWindow({ database, asked: { ...asked, filters }, at: now, asOf: now, maxRows });
  await expect(order(3)).rejects.toMatchObject({
    code: 'REPORT_TOO_LARGE',
    message: expect.stringContaining('would have 4 rows, and 3 is the most'),
  });
  expect(await order(4)).toMatchObject({ expectedRows: 4 });
  expect(await order(3, { currency: 'EUR' })).toMatchObject({ expectedRows: 3 });
});
