import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import { listDamagedFile, mendRemadeFiles } from '../../../services/reports/damaged-files';
import { createStuckOperations } from '../../../services/operator/stuck-operations';
import { silent } from '../../../testing/queue-test-bed';
import { watchCommands } from '../../../testing/servers/count-commands';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { createReconciler } from '../reconcile';
import { CUSTOMERS_PER_LOOK } from '../mrr-differences';
import { visibleWorkflows } from './visible-workflows';

const tenantId = `${newId('partner')}:live`;
const subscriptionId = newId('subscription');

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const look = () => createReconciler({ database, processes: visibleWorkflows().processes, logger: silent })();
const openItems = () =>
  database.models.stuckItems.find({ open: true }, { kind: 1, entityId: 1, detail: 1, _id: 0 }).lean();

/** Writes customers with a movement of 10.00 EUR each. */
async function seedCustomers(names: readonly string[]): Promise<void> {
  const { customerMrr, mrrMovements } = database.models;
  const movements = names.map((customer, index) => ({
    _id: `${subscriptionId}/${String(index).padStart(6, '0')}`,
    tenantId,
    subscriptionId,
    customer,
    currency: 'EUR',
    deltaMinor: 1000,
    customerMovement: 1,
  }));
  await mrrMovements.collection.insertMany(movements as never);
  const balances = names.map((customer) => ({ _id: `${tenantId}/EUR/${customer}`, tenantId, valueMinor: 1000 }));
  await customerMrr.collection.insertMany(balances.map((balance) => ({ ...balance, movements: 1 })) as never);
}

it('lists a customer whose MRR is not the sum of its movements, until it is', async () => {
  const names = Array.from({ length: CUSTOMERS_PER_LOOK + 1 }, (_, index) => `cust/${String(index).padStart(4, '0')}`);
  await seedCustomers(names);
  const { customerMrr } = database.models;
  const last = { _id: `${tenantId}/EUR/${names.at(-1)}` };
  await customerMrr.updateOne(last, { $set: { valueMinor: 900 } });
  const taken = watchCommands(database);
  // The last one is in the second slice.
  expect(await look()).toMatchObject({ listed: 0 });
  expect(taken().filter((command) => /(customer_mrr|mrr_movements)$/.test(command))).toEqual([
    'find customer_mrr',
    'aggregate mrr_movements',
  ]);
  expect(await look()).toMatchObject({ listed: 1 });
  const detail = expect.stringContaining('9.00 EUR after 1 movement(s), and its 1 movement(s) sum to 10.00 EUR');
  expect(await openItems()).toEqual([{ kind: 'mrr_differs', entityId: subscriptionId, detail }]);
  expect([await look(), await look()]).toMatchObject([{ mended: 0 }, { mended: 0, listed: 0 }]);
  await customerMrr.updateOne(last, { $set: { valueMinor: 1000 } });
  expect(await look()).toEqual({ listed: 0, mended: 1 });
  expect(await openItems()).toEqual([]);
});

it('a damaged file leaves the list once it is removed, or its report was made again', async () => {
  const { files, reports } = database.models;
  const [removed, remade] = [newId('file'), newId('file')];
  const [reportId, next] = [newId('report'), newId('report')];
  for (const [attempt, fileId] of [removed, remade].entries()) {
    const row = { _id: fileId, tenantId, reportId, format: 'csv', attempt, state: 'ready' };
    await files.collection.insertOne(row as never);
    await listDamagedFile({ database, tenantId, fileId, reportId, format: 'csv' });
  }
  const report = { tenantId, state: 'completed', version: 1 };
  await reports.collection.insertMany([
    { ...report, _id: reportId, files: [{ fileId: remade }], supersedes: null },
    { ...report, _id: next, files: [], supersedes: reportId, state: 'storing' },
  ] as never);
  const mend = () => mendRemadeFiles({ database, tenantId, reportId: next });
  await mend();
  expect(await openItems()).toHaveLength(2);
  await reports.updateOne({ _id: next }, { $set: { state: 'completed' } });
  await mend();
  expect(await openItems()).toHaveLength(1);
  const [item] = await database.models.stuckItems.find({ open: true }).lean();
  const operations = createStuckOperations({ database, workflows: undefined as never });
  const input = { item: item!, by: tester };
  const restarting = database.inTransaction((session) => operations.restart({ ...input, session }));
  await expect(restarting).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  await reports.deleteMany({});
  await files.updateOne({ _id: removed }, { $set: { state: 'deleting' } });
  expect((await look()).mended).toBe(1);
  expect(await openItems()).toEqual([]);
});
