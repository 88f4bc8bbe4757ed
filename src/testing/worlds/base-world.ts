import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Activities } from '../../../activities';
import { translateDomainError } from '../../../activities/translate-domain-error';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import type { TaskQueue } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { tenantIdOf, type Mode } from '../../domain/tenant';
import type { Partner } from '../../models/partners/partner';
import { createClock } from '../../services/clock';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { createWorkflowStarter, type WorkflowStarter } from '../../temporal/workflow-starter';
import { openTestDatabase } from '../servers/test-database';
import { openTestNamespace } from '../servers/test-namespace';
import { waitFor } from '../wait-for';
import { workflowBundle } from '../servers/workflow-bundle';
import { createEntityReaders } from './entity-readers';
import { openTestBank } from './test-bank';

const quiet = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;

/** Four times what production waits: on a busy machine one charge may take half a minute. */
export const PATIENT_STALL_MS = 120_000;

/** Who asks for everything in these worlds. */
export const tester: Actor = { kind: 'api_key', id: 'key_test' };

export interface BaseWorldInput {
  /** A worker polls each of them from the start. */
  taskQueues: readonly TaskQueue[];
  /** Activities that fail or are watched. */
  wrap?: (activities: Activities) => Activities;
  /** A gateway that fails or is watched. */
  wrapGateway?: (gateway: PaymentGateway) => PaymentGateway;
  /** How the simulated gateway behaves; without it there is none. */
  bank?: {
    timeoutMs: number;
    /** Called with the payment or refund that a webhook reports on; without it there are no webhooks. */
    onReport?: (client: Client, entityId: string) => Promise<void>;
  };
  /** Exports the workflows to run; without it the bundle that ships runs. */
  workflowsPath?: string;
  worker?: Pick<WorkerOptions, 'maxCachedWorkflows' | 'shutdownGraceTime'>;
  /** Defaults to the shared server. */
  temporalAddress?: string;
  /** How long an advance of a sandbox's clock waits for work that does not end; defaults to `PATIENT_STALL_MS`. */
  stallAfterMs?: number;
  /** Changes to the first partner. */
  partner?: Partial<Partner>;
}

/**
 * Real MongoDB, real Temporal, real activities and, where asked for, the simulated gateway over HTTP: what every world
 * of a domain stands on. Its first tenant is the sandbox of a partner of its own.
 */
export async function openBaseWorld(input: BaseWorldInput) {
  const {
    wrap = (it) => it,
    wrapGateway = (it) => it,
    bank: bankInput,
    stallAfterMs = PATIENT_STALL_MS,
    partner,
  } = input;
  const [{ database, uri: mongodbUri, drop }, temporal, bundle] = await Promise.all([
    openTestDatabase(),
    openTestNamespace(input.temporalAddress),
    input.workflowsPath ? bundleWorkflowCode({ workflowsPath: input.workflowsPath, logger: quiet }) : workflowBundle,
  ]);
  const { client, connection, namespace } = temporal;
  const onReport = bankInput?.onReport;
  const bank = bankInput
    ? await openTestBank({ ...bankInput, onReport: onReport && ((entityId) => onReport(client, entityId)) })
    : null;
  const { models } = database;
  const eager = createWorkflowStarter({ client, database, logger: quiet, onStarted: () => undefined });
  /** Repeats a start as the relay does: a busy machine takes longer than a start waits. */
  const starter: WorkflowStarter = {
    ...eager,
    start: async (row) => {
      await waitFor(() => eager.start(row).then(() => true), { what: 'a start to be taken' });
    },
  };
  const sandboxClock = createSandboxClockMover({ client, database, starter, stallAfterMs });
  const gateway = bank && wrapGateway(bank.gateway);
  const activities = wrap(
    createActivities({
      database,
      operatorEmail: 'operator@platform.example',
      sandboxClock,
      gatewayFor: () => gateway ?? noGateway(),
    }),
  );

  const workers = new Map<TaskQueue, () => Promise<void>>();
  const startWorker = async (taskQueue: TaskQueue): Promise<void> => {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: bundle,
      activities,
      interceptors: { activity: [translateDomainError] },
      // Workflow code in this thread: a thread of its own loads the SDK again, for longer than most tests take. Tests of
      // whole processes run the threads of production.
      debugMode: true,
      ...input.worker,
    });
    const running = worker.run();
    workers.set(taskQueue, async () => {
      worker.shutdown();
      await running;
    });
  };
  const startWorkers = async (...queues: TaskQueue[]): Promise<void> => {
    await Promise.all(queues.map(startWorker));
  };
  const stopWorkers = async (...queues: TaskQueue[]): Promise<void> => {
    await Promise.all(queues.map(async (queue) => workers.get(queue)?.()));
    for (const queue of queues) workers.delete(queue);
  };
  await startWorkers(...input.taskQueues);

  /** A partner with a tenant in `mode`; returns the ids of both. */
  const newPartner = async (changes: Partial<Partner> = {}, mode: Mode = 'sandbox') => {
    const partnerId = newId('partner');
    const now = new Date();
    await models.partners.create({
      _id: partnerId,
      name: 'Test Partner',
      timeZone: 'UTC',
      locale: 'en',
      reviewers: [],
      metadata: {},
      version: 1,
      createdAt: now,
      updatedAt: now,
      ...changes,
    });
    return { partnerId, tenantId: tenantIdOf({ partnerId, mode }) };
  };
  const { partnerId, tenantId } = await newPartner(partner);

  return {
    database,
    mongodbUri,
    client,
    partnerId,
    tenantId,
    starter,
    activities,
    sandboxClock,
    clock: createClock({ database }),
    newPartner,
    startWorkers,
    stopWorkers,
    ...createEntityReaders({ database }),
    /** Null where the world was opened without one. */
    bank,
    /** Keeps a command's personal data as the api does, for its activity to load. */
    async keepPayload(commandId: string, entityId: string, payload: Record<string, unknown>): Promise<void> {
      await models.commandPayloads.create({ _id: commandId, tenantId, entityId, payload, createdAt: new Date() });
    },
    /** Sends every start of the first tenant that waits in the outbox, as the relay does. */
    async relay(): Promise<void> {
      const waiting = await models.outbox.find({ tenantId, open: true, pending: 'temporal' }).lean();
      for (const row of waiting) await starter.start(row);
    },
    async close(): Promise<void> {
      await stopWorkers(...workers.keys());
      await bank?.close();
      await temporal.close();
      await drop();
    },
  };
}

export type BaseWorld = Awaited<ReturnType<typeof openBaseWorld>>;

function noGateway(): never {
  throw new Error('This world has no gateway');
}
