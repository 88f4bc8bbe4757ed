import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Activities } from '../../../activities';
import { shareSlots } from '../../../activities/share-slots';
import { translateErrors } from '../../../activities/translate-errors';
import { createEgressClient, type EgressClientInput } from '../../clients/egress/egress-client';
import { createProbeImages } from '../../clients/egress/probe-images';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import { createGridFsFileStore } from '../../clients/storage/gridfs-file-store';
import { createMongoListingSearch } from '../../clients/search/mongo-listing-search';
import type { TaskQueue } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import type { Mode } from '../../domain/tenant';
import type { RenderReport } from '../../domain/reports/render-input';
import type { FileStore } from '../../domain/reports/file-store';
import type { Partner } from '../../models/partners/partner';
import { renderReport } from '../../renderers/reports/render-report';
import { createClock } from '../../services/clock';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { createWorkflowStarter, type WorkflowStarter } from '../../temporal/workflow-starter';
import { liveViolations } from '../histories/live-violations';
import { createWorkerHere } from '../servers/create-worker-here';
import { openTestDatabase } from '../servers/test-database';
import { openTestNamespace } from '../servers/test-namespace';
import { waitFor } from '../wait-for';
import { workflowBundle } from '../servers/workflow-bundle';
import { createEntityReaders } from './entity-readers';
import { seedPartner } from './seed-partner';
import { openTestBank } from './test-bank';

const quiet = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;

/** Four times the limit of production: on a busy machine one charge may take half a minute. */
export const PATIENT_STALL_MS = 120_000;

/** The actor of every command in these worlds. */
export const tester: Actor = { kind: 'api_key', id: 'key_test' };

export interface BaseWorldInput {
  /** The queues that a worker polls from the start. */
  taskQueues: readonly TaskQueue[];
  /** Wraps the activities, to watch them or make them fail. */
  wrap?: (activities: Activities) => Activities;
  /** Wraps the gateway, to watch it or make it fail. */
  wrapGateway?: (gateway: PaymentGateway) => PaymentGateway;
  /** Wraps the store of files, to watch it or make it fail. */
  wrapStore?: (store: FileStore) => FileStore;
  /** Defaults to that of production. */
  renderReport?: RenderReport;
  /** Settings of the simulated gateway; without them there is none. */
  bank?: {
    timeoutMs: number;
    /** Called with the payment or refund that a webhook reports on; without it there are no webhooks. */
    onReport?: (client: Client, entityId: string) => Promise<void>;
  };
  /** The module of the workflows to run. Defaults to the bundle that ships. */
  workflowsPath?: string;
  worker?: Pick<WorkerOptions, 'maxCachedWorkflows' | 'shutdownGraceTime'>;
  /** The activities that each worker runs at a time. Defaults to 100, as in production. */
  activitySlots?: number;
  /** Defaults to the shared server. */
  temporalAddress?: string;
  /** Milliseconds that an advance of a sandbox's clock waits for stalled work. Defaults to `PATIENT_STALL_MS`. */
  stallAfterMs?: number;
  /** The clock by which `stallAfterMs` is measured. Defaults to real time. */
  stallClock?: () => number;
  /** Settings of the client that calls the URLs of others; it has no name server unless one is given. */
  egress?: Partial<EgressClientInput>;
  /** Milliseconds between the tries to call an image. Defaults to those of production. */
  imageWaitsMs?: readonly number[];
  /** Changes to the first partner. */
  partner?: Partial<Partner>;
  /** The mode of the first tenant. Defaults to `sandbox`. */
  mode?: Mode;
}

/**
 * Opens the base of every domain's world: real MongoDB, real Temporal, real activities and, on request, the simulated
 * gateway over HTTP. The first tenant belongs to a new partner.
 */
export async function openBaseWorld(input: BaseWorldInput) {
  const {
    wrap = (it) => it,
    wrapGateway = (it) => it,
    wrapStore = (it) => it,
    bank: bankInput,
    activitySlots = 100,
    stallAfterMs = PATIENT_STALL_MS,
    stallClock,
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
  const sandboxClock = createSandboxClockMover({ client, database, starter, stallAfterMs, stallClock });
  const gateway = bank && wrapGateway(bank.gateway);
  const egress = createEgressClient({
    policy: { local: 'sandbox', ownPorts: [], allow: [] },
    dnsServers: ['127.0.0.1:9'],
    proxyUrl: null,
    ...input.egress,
  });
  const activities = wrap(
    createActivities({
      database,
      listingSearch: createMongoListingSearch({ model: database.models.listingSearchEntries }),
      operatorEmail: 'operator@platform.example',
      sandboxClock,
      fileStore: wrapStore(createGridFsFileStore({ database })),
      renderReport: input.renderReport ?? renderReport,
      gatewayFor: () => gateway ?? noGateway(),
      probeImages: createProbeImages({ egress, waitsMs: input.imageWaitsMs }),
    }),
  );

  const workers = new Map<TaskQueue, () => Promise<void>>();
  const startWorker = async (taskQueue: TaskQueue): Promise<void> => {
    const worker = await createWorkerHere({
      connection,
      namespace,
      taskQueue,
      workflowBundle: bundle,
      activities,
      interceptors: { activity: [shareSlots({ slots: activitySlots }), translateErrors] },
      maxConcurrentActivityTaskExecutions: activitySlots,
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

  /** Creates a partner with a tenant in `mode`. Returns the ids of both. */
  const newPartner = (changes: Partial<Partner> = {}, mode: Mode = 'sandbox') =>
    seedPartner({ database, changes, mode });
  const { partnerId, tenantId } = await newPartner(partner, input.mode);

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
    /** Null when the world was opened without a gateway. */
    bank,
    /** Stores a command's personal data as the api does, for its activity to load. */
    async keepPayload(commandId: string, entityId: string, payload: Record<string, unknown>): Promise<void> {
      await models.commandPayloads.create({ _id: commandId, tenantId, entityId, payload, createdAt: new Date() });
    },
    /** Sends every waiting start in the outbox of the first tenant, as the relay does. */
    async relay(): Promise<void> {
      const waiting = await models.outbox.find({ tenantId, open: true, pending: 'temporal' }).lean();
      for (const row of waiting) await starter.start(row);
    },
    /** Closes the world. Throws where a history of our workflows holds what only documents may hold. */
    async close(): Promise<void> {
      await stopWorkers(...workers.keys());
      await bank?.close();
      const violations = input.workflowsPath ? [] : await liveViolations({ client, database });
      await temporal.close();
      await drop();
      if (violations.length > 0) throw new Error(`Histories hold personal data:\n${violations.join('\n')}`);
    },
  };
}

function noGateway(): never {
  throw new Error('This world has no gateway');
}
