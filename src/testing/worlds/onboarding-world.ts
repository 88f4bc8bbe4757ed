import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../../activities';
import { translateDomainError } from '../../../activities/translate-domain-error';
import { userOnboardingId } from '../../contracts/users/onboarding';
import { taskQueues } from '../../contracts/task-queues';
import { newId } from '../../domain/ids';
import type { OnboardingCommand, OnboardingState } from '../../domain/users/onboarding';
import { tenantIdOf } from '../../domain/tenant';
import { acceptPayment } from '../../services/payments/accept-payment';
import { acceptRefund } from '../../services/payments/accept-refund';
import { findPlanItem } from '../../services/subscriptions/accept-subscription';
import { applyStep } from '../../services/apply-step';
import { insertDocuments } from '../../services/insert-documents';
import type { Database } from '../../models/database';
import { acceptOnboarding } from '../../services/users/accept-onboarding';
import { createOnboardingCommands } from '../../temporal/commands/users/onboarding-commands';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { advanceWorkflow } from '../../temporal/time-skipping/time-skipping';
import { createWorkflowStarter } from '../../temporal/workflow-starter';
import { openTestDatabase } from '../servers/test-database';
import { openTestNamespace } from '../servers/test-namespace';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { workflowBundle } from '../servers/workflow-bundle';

const quiet = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;

const noGateway = () => {
  throw new Error('Onboardings have no gateway');
};

/** What activities may be wrapped with, to fail or to be watched. */
export type WrapActivities = (activities: ReturnType<typeof createActivities>) => ReturnType<typeof createActivities>;

/**
 * Real MongoDB, real Temporal, real activities: onboardings that run as in production, with their clocks in the test's
 * hand.
 */
export async function openOnboardingWorld({ wrap = (activities) => activities }: { wrap?: WrapActivities } = {}) {
  const { database, drop } = await openTestDatabase();
  const temporal = await openTestNamespace();
  const { client, namespace } = temporal;
  const starter = createWorkflowStarter({ client, database, logger: quiet, onStarted: () => undefined });
  const send = createOnboardingCommands({ client, database, starter });
  const worker = await Worker.create({
    connection: temporal.connection,
    namespace,
    taskQueue: taskQueues.users,
    workflowBundle,
    activities: wrap(
      createActivities({
        database,
        applyStep,
        insertDocuments,
        operatorEmail: 'operator@platform.example',
        sandboxClock: createSandboxClockMover({ client, database, starter }),
        gatewayFor: noGateway,
        acceptPayment,
        acceptRefund,
        findPlanItem,
      }),
    ),
    interceptors: { activity: [translateDomainError] },
  });
  const running = worker.run();
  const partnerId = newId('partner');
  const tenantId = tenantIdOf({ partnerId, mode: 'sandbox' });
  await database.models.partners.create({
    _id: partnerId,
    name: 'Test Partner',
    timeZone: 'UTC',
    locale: 'en',
    reviewers: ['r1@partner.example', 'r2@partner.example'],
    metadata: {},
    version: 1,
    createdAt: new Date(),
    updatedAt: new Date(),
  });

  return {
    database,
    client,
    tenantId,
    starter,
    send,
    /** Writes what the api's accepting transaction writes and sends the start. */
    async accept({ requiresApproval = false } = {}): Promise<string> {
      const { onboarding, row } = await acceptTestOnboarding({ database, tenantId, requiresApproval });
      await starter.start(row);
      return onboarding._id;
    },
    read: (onboardingId: string) => database.models.onboardings.findById(onboardingId).lean().orFail(),
    userOf: async (onboardingId: string) => database.models.users.findOne({ onboardingId }).lean().orFail(),
    timeline: async (onboardingId: string) =>
      (await database.models.events.find({ entityId: onboardingId }).sort({ version: 1 }).lean()).map(({ type }) =>
        type.replace('onboarding.', ''),
      ),
    mails: async (onboardingId: string) =>
      (
        await database.models.outbox
          .find({ entityId: onboardingId, mail: { $ne: null } })
          .sort({ _id: 1 })
          .lean()
      ).map(({ mail }) => mail!.template),
    until: (onboardingId: string, state: OnboardingState) =>
      waitFor(async () => (await database.models.onboardings.findById(onboardingId).lean())?.state === state, {
        what: `${onboardingId} to be ${state}`,
      }),
    untilMailed: (onboardingId: string, count: number) =>
      waitFor(
        async () =>
          (await database.models.outbox.countDocuments({ entityId: onboardingId, mail: { $ne: null } })) >= count,
        { what: `mail ${count}` },
      ),
    advance: (onboardingId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: userOnboardingId(onboardingId), byMs, timeoutMs: 30_000 }),
    /** A command as the api sends it. `payload` is what the api keeps under the command's id. */
    async command(
      onboardingId: string,
      command: OnboardingCommand,
      {
        generation,
        payload,
        commandId = randomUUID(),
      }: { generation?: number; payload?: Record<string, unknown>; commandId?: string } = {},
    ) {
      if (payload)
        await database.models.commandPayloads.create({
          _id: commandId,
          tenantId,
          entityId: onboardingId,
          payload,
          createdAt: new Date(),
        });
      return untilAnswered(() =>
        send({ tenantId, onboardingId, command, commandId, by: { kind: 'api_key', id: 'key_test' }, generation }),
      );
    },
    handle: (onboardingId: string) => client.workflow.getHandle(userOnboardingId(onboardingId)),
    async close() {
      worker.shutdown();
      await running;
      await temporal.close();
      await drop();
    },
  };
}

export type OnboardingWorld = Awaited<ReturnType<typeof openOnboardingWorld>>;

/** Accepts an onboarding as the api does. */
export async function acceptTestOnboarding({
  database,
  tenantId,
  requiresApproval = false,
  at = new Date(),
}: {
  database: Database;
  tenantId: string;
  requiresApproval?: boolean;
  at?: Date;
}) {
  return database.inTransaction((session) =>
    acceptOnboarding({
      database,
      session,
      tenantId,
      email: `${newId('user')}@example.com`,
      name: 'Ada',
      locale: 'en',
      timeZone: 'UTC',
      requiresApproval,
      metadata: {},
      correlationId: 'test',
      by: { kind: 'api_key', id: 'key_test' },
      at,
    }),
  );
}
