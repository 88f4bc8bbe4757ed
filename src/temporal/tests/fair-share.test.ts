import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import { processPaymentId } from '../../contracts/payments/payment';
import { taskQueues } from '../../contracts/task-queues';
import { TENANT_SLOTS_TAKEN } from '../../contracts/tenant-slots';
import { tenantIdOf } from '../../domain/tenant';
import { newId } from '../../domain/ids';
import { deferred } from '../../testing/deferred';
import { quietTemporal } from '../../testing/servers/quiet-temporal';
import { waitFor } from '../../testing/wait-for';
import { openPaymentWorld, type PaymentWorld } from '../../testing/worlds/payment-world';
import { movementOf } from '../time-skipping/process-children';
import { describeWorkflow, type WorkflowSnapshot } from '../time-skipping/time-skipping-api';

const SLOTS = 4;

let world: PaymentWorld;
/** The tenant whose authorisations the gateway answers only after `release`, and the number of those that wait. */
let slow: { tenantId: string; waiting: number };
let release: () => void;
let released: Promise<void>;
beforeEach(() => {
  slow = { tenantId: '', waiting: 0 };
  ({ promise: released, resolve: release } = deferred());
});
afterEach(() => release());
beforeAll(async () => {
  quietTemporal();
  const wrapGateway = (gateway: PaymentGateway): PaymentGateway => ({
    ...gateway,
    authorise: async (input) => {
      if (input.tenantId === slow.tenantId) {
        slow.waiting += 1;
        await released;
      }
      return gateway.authorise(input);
    },
  });
  world = await openPaymentWorld({ wrapGateway, activitySlots: SLOTS });
});
afterAll(() => world?.close());

async function payTimes(tenantId: string, times: number): Promise<string[]> {
  const ids: string[] = [];
  for (let time = 0; time < times; time += 1) ids.push(await world.pay({ tenantId }));
  return ids;
}

test('the id of every tenant fits a fairness key, which is 64 bytes at most', () => {
  const partnerId = newId('partner');
  expect(Buffer.byteLength(tenantIdOf({ partnerId, mode: 'sandbox' }))).toBeLessThanOrEqual(64);
});

test('a tenant whose gateway is slow leaves slots to others, and its own payments lose nothing by it', async () => {
  const other = (await world.newPartner()).tenantId;
  slow.tenantId = world.tenantId;
  const slowIds = await payTimes(world.tenantId, 3 * SLOTS);
  await waitFor(() => slow.waiting === SLOTS / 2, { what: 'half of the slots to be taken' });
  for (const id of await payTimes(other, 5)) await world.until(id, 'captured');
  expect(slow.waiting).toBe(SLOTS / 2);
  const reasons = await Promise.all(slowIds.map(reasonOfWaiting));
  const waitingId = slowIds[reasons.lastIndexOf(TENANT_SLOTS_TAKEN)]!;
  const before = await snapshotOf(waitingId);
  expect(before).toMatchObject({ failing: null, putOff: expect.any(Number) });
  // Each attempt that is put off is a movement, so an advance does not call the payment stalled too early.
  const { putOff } = movementOf([before]);
  await waitFor(async () => movementOf([await snapshotOf(waitingId)]).putOff > putOff, { what: 'an attempt' });

  release();
  for (const id of slowIds) await world.until(id, 'captured');
  const passed = await world.database.models.events.find({ entityId: { $in: slowIds } }).lean();
  expect(passed.map(({ state }) => state)).not.toContain('unknown');
});

test("a tenant's payment is handed out before those that another tenant has waiting ahead of it", async () => {
  const [busy, other] = [world.tenantId, (await world.newPartner()).tenantId];
  await world.stopWorkers(taskQueues.payments);
  const busyIds = await payTimes(busy, 60);
  const otherIds = await payTimes(other, 3);
  const handedOut = new Set<string>();
  const all = [...busyIds, ...otherIds].map(processPaymentId);
  const isLeft = (ids: readonly string[]) => ids.some((id) => !handedOut.has(processPaymentId(id)));
  while (isLeft(otherIds)) {
    const workflowId = await pollWorkflowId();
    if (all.includes(workflowId)) handedOut.add(workflowId);
  }
  expect(handedOut.size).toBeLessThan(40);
});

/** Returns the workflow of the next task that the server hands out. */
async function pollWorkflowId(): Promise<string> {
  const { client } = world;
  const task = await client.withDeadline(Date.now() + 70_000, () =>
    client.workflowService.pollWorkflowTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueues.payments },
      identity: 'test',
    }),
  );
  return task.workflowExecution?.workflowId ?? '';
}

const snapshotOf = async (paymentId: string): Promise<WorkflowSnapshot> =>
  (await describeWorkflow({ client: world.client, workflowId: processPaymentId(paymentId) }))!;

/** Returns the type of the failure that Temporal shows for a payment's pending step. */
async function reasonOfWaiting(paymentId: string): Promise<string | null | undefined> {
  const { raw } = await world.client.workflow.getHandle(processPaymentId(paymentId)).describe();
  return raw.pendingActivities?.[0]?.lastFailure?.applicationFailureInfo?.type;
}
