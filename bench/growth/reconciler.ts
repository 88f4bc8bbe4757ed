// A platform with some open onboardings, whose workflows run with no worker, and the reconciler that looks at it.
import { Client, Connection } from '@temporalio/client';
import { userOnboardingId } from '../../src/contracts/users/onboarding';
import { newId } from '../../src/domain/ids';
import { openDatabase } from '../../src/models/database';
import { ensureIndexes } from '../../src/models/ensure-indexes';
import { createReconciler } from '../../src/queue/reconciler/reconcile';
import { createRunningWorkflows } from '../../src/temporal/running-workflows';

const { MONGODB_URI = '', TEMPORAL_ADDRESS = '', NAMESPACE = '', OPEN = '0' } = process.env;
const open = Number(OPEN);
const CHANGED = 100;
const BATCH = 1000;
const STARTS_IN_FLIGHT = 40;
const tenantId = 'ptn_01m7y3ad3af6e964zt6px52w8e:live';
const state = 'awaiting_verification';
const HOUR_MS = 3_600_000;
/** Later than any grace period, and within what a look reads again. */
const CHANGED_BEFORE_MS = 20_000;

const database = openDatabase({ uri: MONGODB_URI, appName: 'bench' });
const client = new Client({
  connection: Connection.lazy({ address: TEMPORAL_ADDRESS }),
  namespace: NAMESPACE,
});
const logger = { info: () => undefined, warn: () => undefined };
const reconcile = createReconciler({ database, processes: createRunningWorkflows(client), logger });
const ids = Array.from({ length: open }, () => newId('onboarding'));
const ago = (ms: number): Date => new Date(Date.now() - ms);

async function insertOpen(): Promise<void> {
  const { onboardings, events } = database.models;
  const common = { tenantId, state, version: 1 };
  for (let start = 0; start < open; start += BATCH) {
    const some = ids.slice(start, start + BATCH);
    await onboardings.collection.insertMany(
      some.map((_id) => ({ _id: _id as never, ...common, chain: 'bench', touchedAt: ago(HOUR_MS) })),
    );
    await events.collection.insertMany(
      some.map((entityId) => ({ _id: newId('event') as never, ...common, entityId, step: 'first' })),
    );
  }
}

async function startWorkflows(): Promise<void> {
  const waiting = [...ids];
  const startOneByOne = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
      await client.workflow.start('userOnboarding', { workflowId: userOnboardingId(id), taskQueue: 'bench' });
  };
  await Promise.all(Array.from({ length: STARTS_IN_FLIGHT }, startOneByOne));
}

/** Makes a hundred onboardings the ones that changed since the last look, spread over all. */
async function change(round: number): Promise<void> {
  const { collection } = database.models.onboardings;
  await collection.updateMany({ touchedAt: { $gt: ago(HOUR_MS / 2) } }, { $set: { touchedAt: ago(HOUR_MS) } });
  const step = Math.floor(open / CHANGED);
  const changed = Array.from({ length: CHANGED }, (_each, index) => ids[(index * step + round) % open]!);
  await collection.updateMany({ _id: { $in: changed as never[] } }, { $set: { touchedAt: ago(CHANGED_BEFORE_MS) } });
}

async function look(round: number): Promise<object> {
  await change(round);
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  const result = await reconcile();
  const { user, system } = process.cpuUsage(cpu);
  return { result, cpuMs: (user + system) / 1000, ms: performance.now() - begun };
}

process.on('message', (message: { look?: number }) => {
  if (message.look === undefined) return;
  look(message.look).then(
    (looked) => process.send!({ looked }),
    (error: Error) => process.send!({ failed: error.stack }),
  );
});
database.connection
  .asPromise()
  .then(() => ensureIndexes(database))
  .then(insertOpen)
  .then(startWorkflows)
  .then(
    () => process.send!({ ready: true }),
    (error: Error) => process.send!({ failed: error.stack }),
  );
