import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { queuedConsumers, type Consumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import { recordFailure } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import { handBack, leaseRows, type OutboxLease } from './outbox-leases';
import { isOutage } from '../outage';
import type { QueueMetrics } from '../queue-metrics';
import type { Queues } from '../queues';

/** Sends the rows that are for Temporal. */
export interface RowStarter {
  /** Sends a row's start or signal and records it as done. Rejects within seconds when Temporal does not answer. */
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
  /** How long a row that was sent is left to its consumer before it is sent again. */
  leaseMs?: number;
  maxStartsInFlight?: number;
}

export interface OutboxRelay {
  /** Sends until `stop`; no error ends it. */
  run(): Promise<void>;
  /** Finishes what is being sent, hands back what is not, and resolves when `run` has ended. */
  stop(): Promise<void>;
  /** One look at every lane; answers how many rows were leased. */
  sweep(): Promise<number>;
}

/**
 * Rows for Temporal and rows for Redis wait in lines of their own, so that an outage or a crowd in one does not hold up
 * the other.
 */
interface Lane {
  name: 'temporal' | 'redis';
  consumers: readonly Consumer[];
  /** How often in a row the server behind it was away. While it is, one row at a time asks whether it is back. */
  outages: number;
}

interface SweepResult {
  leased: number;
  /** Whether there may be more rows than were leased. */
  full: boolean;
  away: boolean;
}

const FIRST_OUTAGE_WAIT_MS = 500;
const LONGEST_OUTAGE_WAIT_MS = 3000;

/**
 * Carries out what the outbox asks for, at least once: starts workflows and puts jobs on the queues of the consumers. A
 * row that was sent stays leased and is sent again after `leaseMs` unless its consumers have recorded it as done. Any
 * number of relays may run; rows are leased, never counted past, because commits become visible out of order.
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
    Math.min(FIRST_OUTAGE_WAIT_MS * 2 ** Math.max(0, outages - 1), LONGEST_OUTAGE_WAIT_MS);

  async function sweepLane(lane: Lane): Promise<SweepResult> {
    const atMost = lane.outages > 0 ? 1 : batch;
    const lease = await leaseRows({ database, consumers: lane.consumers, atMost, leaseMs });
    if (lease.rows.length === 0) return { leased: 0, full: false, away: false };
    const reasons = [await publish(lease), await start(lease)].filter((reason) => reason !== null);
    noteOutage(lane, reasons[0] ?? null);
    return { leased: lease.rows.length, full: lease.rows.length === atMost, away: reasons.length > 0 };
  }

  /**
   * Puts a job on each waiting consumer's queue. Answers why Redis was away, or null; what was not put there is due
   * again at once.
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
        await handBack({ database, token, rowIds, afterMs: 0 });
        away = error as Error;
      }
    }
    return away;
  }

  /**
   * Starts workflows, a few at a time. Answers why Temporal was away, or null; what was not tried then is due again at
   * once.
   */
  async function start({ token, rows }: OutboxLease): Promise<Error | null> {
    const waiting = rows.filter(({ pending }) => pending.includes('temporal'));
    const giveUpAt = Date.now() + leaseMs / 2;
    let away: Error | null = null;
    const mayGoOn = () => away === null && !stopping.signal.aborted && Date.now() < giveUpAt;
    const startOneByOne = async (): Promise<void> => {
      while (mayGoOn()) {
        const row = waiting.shift();
        if (!row) return;
        const reason = await startOne(row);
        if (!reason) continue;
        away = reason;
        waiting.push(row);
      }
    };
    await Promise.all(Array.from({ length: Math.min(maxStartsInFlight, waiting.length) }, startOneByOne));
    await handBack({ database, token, rowIds: waiting.map(({ _id }) => _id), afterMs: 0 });
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
      logger.warn({ lane: lane.name, reason: reason.message }, 'The outbox waits: the server behind it is away');
    if (!reason && lane.outages > 0) logger.info({ lane: lane.name }, 'The outbox goes on');
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
