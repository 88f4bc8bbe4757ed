import { NativeConnection } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { createProbeImages } from '../clients/egress/probe-images';
import { createMailer } from '../clients/mailer/mailer';
import { createMongoListingSearch } from '../clients/search/mongo-listing-search';
import { createGridFsFileStore } from '../clients/storage/gridfs-file-store';
import { schedules } from '../contracts/schedules';
import { taskQueueNames } from '../contracts/task-queues';
import { createCountEvents } from '../queue/inline/count-events';
import { createDeleteRevisions } from '../queue/inline/delete-revisions';
import { createIndexListings } from '../queue/inline/index-listings';
import { createRecordRefunds } from '../queue/inline/record-refunds';
import { createReplanNotices } from '../queue/inline/replan-notices';
import { createSendMail } from '../queue/jobs/send-mail';
import { createFileSweep, SWEEP_FILES_EVERY_MS } from '../queue/jobs/sweep-files';
import { announceRows, hearAnnouncements } from '../queue/relay/announcements';
import { createOutboxRelay } from '../queue/relay/outbox-relay';
import { createQueues } from '../queue/queues';
import { connectRedisProducer } from '../queue/redis';
import { createQueueWorkers } from '../queue/create-queue-workers';
import { createReconciler, RECONCILE_EVERY_MS } from '../queue/reconciler/reconcile';
import { createOperationReconciler } from '../queue/reconciler/reconcile-operations';
import { createSearchReconciler } from '../queue/reconciler/search/reconcile-search';
import { renderReport } from '../renderers/reports/render-report';
import { createRunningWorkflows } from '../temporal/running-workflows';
import { createSandboxClockMover } from '../temporal/time-skipping/sandbox-clock';
import { ensureSchedules } from '../temporal/ensure-schedules';
import { ensureSearchAttributes } from '../temporal/search-attributes';
import { openProcess, type RunInput } from './open-process';
import { openEgress } from './open-egress';
import { openGateways } from './open-gateways';
import { openDatabaseOf, openTemporalOf, prepareDatabase } from './open-servers';
import { addPlatformGauges } from './admin/platform-gauges';
import { installTemporalRuntime } from './temporal/temporal-runtime';
import { readTemporalTls } from './temporal/temporal-tls';
import { startTemporalWorkers } from './temporal/temporal-workers';
import { retryUntilReady } from './lifecycle/retry-until-ready';

const SCHEDULE_CALL_MS = 5000;

/**
 * `--role worker`: Temporal workers and, unless `--queues` makes it a separate fleet for some task queues, the outbox
 * relay, the jobs and the periodic work. Resolves when everything runs.
 */
export async function runWorker(input: RunInput): Promise<void> {
  const opened = await openProcess(input);
  const { config, logger, metrics, admin, shutdown } = opened;
  const { isDraining } = shutdown;
  const endFatally = (what: string) => (error: unknown) => {
    logger.fatal({ err: error }, what);
    shutdown.begin({ reason: what, exitCode: 1 });
  };

  const runtime = await installTemporalRuntime({ logger });
  metrics.addText(runtime.metricsText);

  const database = openDatabaseOf(opened, 'worker');
  const listingSearch = createMongoListingSearch({ model: database.models.listingSearchEntries });
  const fileStore = createGridFsFileStore({ database });
  const { client, starter } = openTemporalOf(opened, database);
  const { url: redisUrl, prefix } = config.redis;
  const queues = createQueues({ redisUrl, prefix, logger });
  shutdown.onClose({ name: 'queues', close: () => queues.close() });
  admin.addDependency({ name: 'redis', required: false, check: () => queues.ping() });
  addPlatformGauges({ metrics, database, queues });
  const gatewayFor = openGateways(opened);
  const mailer = createMailer(config.mail);
  shutdown.onClose({ name: 'mailer', close: () => mailer.close() });

  await prepareDatabase(opened, database);

  if (input.queues !== undefined) {
    const redis = connectRedisProducer({ url: redisUrl, name: 'announcements', logger });
    shutdown.onClose({ name: 'announcements', close: () => redis.disconnect() });
    announceRows({ database, redis, prefix });
  } else {
    const relay = createOutboxRelay({
      database,
      starter,
      queues,
      inline: {
        analytics: createCountEvents({ database }),
        notices: createReplanNotices({ database }),
        refunds: createRecordRefunds({ database }),
        revisions: createDeleteRevisions({ database }),
        search: createIndexListings({ database, search: listingSearch }),
      },
      logger,
      metrics,
    });
    const queueWorkers = createQueueWorkers({
      redisUrl,
      prefix,
      database,
      queues,
      consumers: {
        mail: createSendMail({
          database,
          mailer,
          fileStore,
          publicUrl: config.api.publicUrl,
          verificationSecret: config.tokenSecret,
          sandboxMail: config.mail.sandboxMail,
          operatorEmail: config.mail.operatorEmail,
          limits: config.mail.limits,
          logger,
          metrics,
        }),
      },
      periodic: {
        reconcile: {
          everyMs: RECONCILE_EVERY_MS,
          run: createReconciler({
            database,
            processes: createRunningWorkflows(client),
            ensureSchedules: () => ensureSchedules({ client, schedules, timeoutMs: SCHEDULE_CALL_MS }),
            logger,
          }),
        },
        'reconcile-operations': {
          everyMs: RECONCILE_EVERY_MS,
          run: createOperationReconciler({ database, processes: createRunningWorkflows(client), logger }),
        },
        'reconcile-search': {
          everyMs: RECONCILE_EVERY_MS,
          run: createSearchReconciler({ database, search: listingSearch, logger }),
        },
        'sweep-files': { everyMs: SWEEP_FILES_EVERY_MS, run: createFileSweep({ database, fileStore, logger }) },
      },
      logger,
      metrics,
      concurrency: config.worker.maxConcurrentJobs,
    });
    relay.run().catch(endFatally('The outbox relay ended'));
    const announcements = hearAnnouncements({ redisUrl, prefix, wake: (rows) => relay.wake(rows), logger });
    const limitMs = config.shutdown.forceMs;
    shutdown.onClose(
      { name: 'announcements', close: () => announcements.close() },
      { name: 'outbox relay', close: () => relay.stop(), limitMs },
      { name: 'jobs', close: () => queueWorkers.close({ graceMs: config.shutdown.graceMs }), limitMs },
    );
  }

  const { address, apiKey } = config.temporal;
  const tls = readTemporalTls(config.temporal);
  const connection = await retryUntilReady({
    name: 'Temporal',
    attempt: () => NativeConnection.connect({ address, tls, apiKey }),
    isDraining,
    logger,
  });
  shutdown.onClose({ name: 'Temporal connection', close: () => connection.close() });
  await ensureSearchAttributes({ client, timeoutMs: 5000 }).catch((error: Error) => {
    logger.warn(
      { reason: error.message },
      'The search attribute TenantId could not be ensured; if it is missing an administrator must add it (Keyword)',
    );
  });
  // The reconciler makes them later where that fails now.
  await ensureSchedules({ client, schedules, timeoutMs: SCHEDULE_CALL_MS }).catch((error: Error) => {
    logger.warn({ reason: error.message }, 'The schedules of periodic work could not be ensured yet');
  });
  const workers = await retryUntilReady({
    name: 'Temporal workers',
    attemptWithinMs: 60_000,
    attempt: () =>
      startTemporalWorkers({
        connection,
        config,
        taskQueues: input.queues ?? taskQueueNames,
        activities: createActivities({
          database,
          listingSearch,
          operatorEmail: config.mail.operatorEmail,
          sandboxClock: createSandboxClockMover({ client, database, starter }),
          gatewayFor,
          fileStore,
          renderReport,
          probeImages: createProbeImages({ egress: openEgress(config, [runtime.metricsPort]) }),
        }),
        logger,
        metrics,
        onFatal: endFatally('A Temporal worker died'),
      }),
    isDraining,
    logger,
  });
  admin.addDependency({ name: 'temporalWorkers', required: true, check: () => workers.check() });
  shutdown.onClose({
    name: 'Temporal workers',
    limitMs: config.shutdown.forceMs,
    close: () =>
      workers.close().catch(endFatally('Activities had to be abandoned; Temporal gives them to another worker')),
  });

  admin.markBooted();
  logger.info({ taskQueues: input.queues ?? taskQueueNames }, 'Ready');
  process.send?.('ready');
}
