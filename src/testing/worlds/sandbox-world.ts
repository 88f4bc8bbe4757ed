import { Worker } from '@temporalio/worker';
import { createActivities } from '../../../activities';
import { translateDomainError } from '../../../activities/translate-domain-error';
import { userOnboardingId } from '../../contracts/users/onboarding';
import { taskQueues, type TaskQueue } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { tenantIdOf, type Mode } from '../../domain/tenant';
import { acceptPayment } from '../../services/payments/accept-payment';
import { acceptRefund } from '../../services/payments/accept-refund';
import { findPlanItem } from '../../services/subscriptions/accept-subscription';
import { applyStep } from '../../services/apply-step';
import { insertDocuments } from '../../services/insert-documents';
import { createClock } from '../../services/clock';
import { createOnboardingCommands } from '../../temporal/commands/users/onboarding-commands';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { createWorkflowStarter } from '../../temporal/workflow-starter';
import { createClockAdvances } from './clock-advances';
import { acceptTestOnboarding, type WrapActivities } from './onboarding-world';
import { openTestDatabase } from '../servers/test-database';
import { openTestNamespace } from '../servers/test-namespace';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { workflowBundle } from '../servers/workflow-bundle';

const quiet = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;
const noGateway = () => {
  throw new Error('There is no gateway here');
};
const tester: Actor = { kind: 'api_key', id: 'key_test' };

export interface OpenSandboxWorldInput {
  wrap?: WrapActivities;
  stallAfterMs?: number;
  temporalAddress?: string;
}

/** Real MongoDB, real Temporal, real workers, and any number of tenants with clocks of their own. */
export async function openSandboxWorld({
  wrap = (activities) => activities,
  stallAfterMs,
  temporalAddress,
}: OpenSandboxWorldInput = {}) {
  const { database, drop } = await openTestDatabase();
  const temporal = await openTestNamespace(temporalAddress);
  const { client, namespace } = temporal;
  const { models } = database;
  const clock = createClock({ database });
  const starter = createWorkflowStarter({ client, database, logger: quiet, onStarted: () => undefined });
  const send = createOnboardingCommands({ client, database, starter });
  const sandboxClock = createSandboxClockMover({ client, database, starter, stallAfterMs });
  const activities = wrap(
    createActivities({
      database,
      applyStep,
      insertDocuments,
      operatorEmail: 'operator@platform.example',
      sandboxClock,
      gatewayFor: noGateway,
      acceptPayment,
      acceptRefund,
      findPlanItem,
    }),
  );

  const startWorker = async (taskQueue: TaskQueue): Promise<() => Promise<void>> => {
    const worker = await Worker.create({
      connection: temporal.connection,
      namespace,
      taskQueue,
      workflowBundle,
      activities,
      interceptors: { activity: [translateDomainError] },
      shutdownGraceTime: 100,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };
  const workers = new Map<TaskQueue, () => Promise<void>>();
  const startWorkers = async (...queues: TaskQueue[]) => {
    for (const queue of queues) workers.set(queue, await startWorker(queue));
  };
  const stopWorkers = async (...queues: TaskQueue[]) => {
    await Promise.all(queues.map(async (queue) => workers.get(queue)?.()));
    for (const queue of queues) workers.delete(queue);
  };
  await startWorkers(taskQueues.users, taskQueues.operations);

  return {
    database,
    client,
    starter,
    clock,
    sandboxClock,
    startWorkers,
    stopWorkers,
    async newTenant({ mode = 'sandbox', timeZone = 'UTC' }: { mode?: Mode; timeZone?: string } = {}): Promise<string> {
      const _id = newId('partner');
      const now = new Date();
      await models.partners.create({
        _id,
        name: 'Test Partner',
        timeZone,
        locale: 'en',
        reviewers: [],
        metadata: {},
        version: 1,
        createdAt: now,
        updatedAt: now,
      });
      return tenantIdOf({ partnerId: _id, mode });
    },
    /** An onboarding as the api accepts it; started unless the relay shall. */
    async onboard(tenantId: string, { start = true }: { start?: boolean } = {}): Promise<string> {
      const { onboarding, row } = await acceptTestOnboarding({ database, tenantId, at: await clock.now(tenantId) });
      if (start) await starter.start(row);
      return onboarding._id;
    },
    command: (
      tenantId: string,
      onboardingId: string,
      command: 'verifyEmail' | 'cancelOnboarding' | 'resendVerification',
      { commandId = newId('event'), generation }: { commandId?: string; generation?: number } = {},
    ) => untilAnswered(() => send({ tenantId, onboardingId, command, commandId, by: tester, generation })),
    ...createClockAdvances({ database, starter, clock }),
    read: (onboardingId: string) => models.onboardings.findById(onboardingId).lean().orFail(),
    events: (entityId: string) => models.events.find({ entityId }).sort({ version: 1, _id: 1 }).lean(),
    untilMailed: (onboardingId: string, count: number) =>
      waitFor(
        async () => (await models.outbox.countDocuments({ entityId: onboardingId, mail: { $ne: null } })) >= count,
        { what: `mail ${count}` },
      ),
    handle: (onboardingId: string) => client.workflow.getHandle(userOnboardingId(onboardingId)),
    async close() {
      await stopWorkers(...workers.keys());
      await temporal.close();
      await drop();
    },
  };
}

export type SandboxWorld = Awaited<ReturnType<typeof openSandboxWorld>>;
