import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { queuedConsumers, type Consumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import { recordFailure } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import { releaseRows, leaseRows, type OutboxLease } from './outbox-leases';
import { isOutage } from '../outage';
import type { QueueMetrics } from '../queue-metrics';
import type { Queues } from '../queues';

/** Sends the rows that are for Temporal. */
export interface RowStarter {
  /** Sends a row's start or signal and records it as done. Rejects within seconds when Temporal does not respond. */
  start(row: OutboxRow): Promise<void>;
}

export interface CreateOutboxRelayInput {
  database: Database;
  starter: RowStarter;
  queues: Pick<Queues, 'publish'>;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  metrics?: QueueMetrics;
  pollMs?: number;
  batch?: number;
  /** Milliseconds for which a sent row is left to its consumer before it is sent again. Defaults to 60 s. */
  leaseMs?: number;
  maxStartsInFlight?: number;
}

export interface OutboxRelay {
  /** Sends until `stop`; no error ends it. */
  run(): Promise<void>;
  /** Finishes the sends under way, releases the other rows, and resolves when `run` has ended. */
  stop(): Promise<void>;
  /** Sweeps every lane once; resolves to the number of leased rows. */
  sweep(): Promise<number>;
}

/**
 * Rows for Temporal and rows for Redis wait in separate lines, so that an outage or a crowd in one does not hold up the
 * other.
 */
interface Lane {
  name: 'temporal' | 'redis';
  consumers: readonly Consumer[];
  /** Number of consecutive sweeps that found the server down. While it is down, one row at a time probes it. */
  outages: number;
}

interface SweepResult {
  leased: number;
  /** True when there may be more rows than were leased. */
  full: boolean;
  away: boolean;
}

const FIRST_OUTAGE_WAIT_MS = 500;
const MAX_OUTAGE_WAIT_MS = 3000;

/**
 * Returns the relay, which sends the rows of the outbox, at least once: it starts workflows and puts jobs on the queues
 * of the consumers. A sent row stays leased and is sent again after `leaseMs` unless its consumers have recorded it as
 * done. Any number of relays may run. Rows are leased, never skipped by position, because commits become visible out of
 * order.
 */
export function createOutboxRelay(input: CreateOutboxRelayInput): OutboxRelay {
  const {
    database,
    starter,
    queues,
    logger,
    metrics,
    pollMs = 500,
    batch = 100,
    leaseMs = 60_000,
    maxStartsInFlight = 10,
  } = input;
  const stopping = new AbortController();
  const lanes: Lane[] = [
    { name: 'temporal', consumers: ['temporal'], outages: 0 },
    { name: 'redis', consumers: queuedConsumers, outages: 0 },
  ];
  let running: Promise<unknown> = Promise.resolve();

  const outageWaitMs = ({ outages }: Lane) =>
    Math.min(FIRST_OUTAGE_WAIT_MS * 2 ** Math.max(0, outages - 1), MAX_OUTAGE_WAIT_MS);

  async function sweepLane(lane: Lane): Promise<SweepResult> {
    const atMost = lane.outages > 0 ? 1 : batch;
    const lease = await leaseRows({ database, consumers: lane.consumers, atMost, leaseMs });
    if (lease.rows.length === 0) return { leased: 0, full: false, away: false };
    const reasons = [await publish(lease), await start(lease)].filter((reason) => reason !== null);
    noteOutage(lane, reasons[0] ?? null);
    return { leased: lease.rows.length, full: lease.rows.length === atMost, away: reasons.length > 0 };
  }

  /**
   * Puts a job on each waiting consumer's queue. Returns the error that shows Redis to be down, or null; rows that were
   * not published are due again immediately.
   */
  async function publish({ token, rows }: OutboxLease): Promise<Error | null> {
    let away: Error | null = null;
    for (const consumer of queuedConsumers) {
      const rowIds = rows.filter(({ pending }) => pending.includes(consumer)).map(({ _id }) => _id);
      if (rowIds.length === 0) continue;
      try {
        await queues.publish({ consumer, rowIds });
        metrics?.outboxSent({ consumer, outcome: 'sent', rows: rowIds.length });
      } catch (error) {
        metrics?.outboxSent({ consumer, outcome: 'away', rows: rowIds.length });
        await releaseRows({ database, token, rowIds, afterMs: 0 });
        away = error as Error;
      }
    }
    return away;
  }

  /**
   * Starts workflows, a few at a time. Returns the error that shows Temporal to be down, or null; rows that were then
   * not tried are due again immediately.
   */
  async function start({ token, rows }: OutboxLease): Promise<Error | null> {
    const waiting = rows.filter(({ pending }) => pending.includes('temporal'));
    const giveUpAt = Date.now() + leaseMs / 2;
    let away: Error | null = null;
    const mayContinue = () => away === null && !stopping.signal.aborted && Date.now() < giveUpAt;
    const startOneByOne = async (): Promise<void> => {
      while (mayContinue()) {
        const row = waiting.shift();
        if (!row) return;
        const reason = await startOne(row);
        if (!reason) continue;
        away = reason;
        waiting.push(row);
      }
    };
    await Promise.all(Array.from({ length: Math.min(maxStartsInFlight, waiting.length) }, startOneByOne));
    await releaseRows({ database, token, rowIds: waiting.map(({ _id }) => _id), afterMs: 0 });
    return away;
  }

  async function startOne(row: OutboxRow): Promise<Error | null> {
    try {
      await starter.start(row);
      metrics?.outboxSent({ consumer: 'temporal', outcome: 'sent', rows: 1 });
      return null;
    } catch (error) {
      const outage = isOutage(error);
      metrics?.outboxSent({ consumer: 'temporal', outcome: outage ? 'away' : 'failed', rows: 1 });
      if (outage) return error as Error;
      logger.warn(
        { rowId: row._id, entityId: row.entityId, correlationId: row.correlationId, err: error },
        'A workflow could not be started',
      );
      await recordFailure({ database, rowId: row._id, error });
      return null;
    }
  }

  function noteOutage(lane: Lane, reason: Error | null): void {
    if (reason && lane.outages === 0)
      logger.warn({ lane: lane.name, reason: reason.message }, 'The outbox waits: its server is down');
    if (!reason && lane.outages > 0) logger.info({ lane: lane.name }, 'The outbox continues');
    lane.outages = reason ? lane.outages + 1 : 0;
  }

  async function runLane(lane: Lane): Promise<void> {
    while (!stopping.signal.aborted) {
      const pauseMs = await sweepLane(lane).then(
        ({ full, away }) => (away ? outageWaitMs(lane) : full ? 0 : pollMs),
        (error: unknown) => {
          logger.error({ lane: lane.name, err: error }, 'A sweep of the outbox failed');
          return Math.max(pollMs, FIRST_OUTAGE_WAIT_MS);
        },
      );
      if (pauseMs > 0) await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    async run() {
      running = Promise.all(lanes.map(runLane));
      await running;
    },
    async stop() {
      stopping.abort();
      await running;
    },
    async sweep() {
      const results = await Promise.all(lanes.map(sweepLane));
      return results.reduce((sum, { leased }) => sum + leased, 0);
    },
  };
}
