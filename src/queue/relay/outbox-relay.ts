import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { inlineConsumers, queuedConsumers, type Consumer, type InlineConsumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import type { DueRow } from '../../models/due-rows';
import { recordFailure } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import { applyInline, type ApplyRows } from './apply-inline';
import { releaseRows, leaseRows, type OutboxLease } from './outbox-leases';
import { createSweepTimes, type SweepTimes } from './sweep-times';
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
  /** The effects that the relay applies itself. */
  inline: Record<InlineConsumer, ApplyRows>;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  metrics?: QueueMetrics;
  /**
   * Milliseconds after which a lane is swept though nothing woke it. Defaults to 2 s: for rows whose wake-up was lost,
   * and rows whose lease has ended.
   */
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
  /**
   * Has rows sent as soon as they are due. `run` calls it for the rows that its own process commits; a lost call costs
   * only the time until the next poll.
   */
  wake(rows: readonly DueRow[]): void;
  /** Sweeps every lane once; resolves to the number of leased rows. */
  sweep(): Promise<number>;
}

/**
 * Rows for Temporal, for Redis and for our own database wait in separate lines, so that an outage or a crowd in one
 * does not hold up the others.
 */
interface Lane {
  name: 'temporal' | 'redis' | 'inline';
  consumers: readonly Consumer[];
  /** Sends or applies leased rows. Returns the error that shows the server to be down, or null. */
  serve(lease: OutboxLease): Promise<Error | null>;
  times: SweepTimes;
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
/** A lane that had rows gets more: it is polled this often until it has none. */
const BUSY_POLL_MS = 500;
const SPACING_MS = 250;
/** Nobody waits for what is counted, and a hundred rows cost little more than one. */
const GATHER_INLINE_MS = 500;

/**
 * Returns the relay, which sends the rows of the outbox, at least once: it starts workflows, puts jobs on the queues of
 * the consumers whose effect leaves the house, and applies the others itself. A sent row stays leased and is sent again
 * after `leaseMs` unless its consumers have recorded it as done. Any number of relays may run. Rows are leased, never
 * skipped by position, because commits become visible out of order.
 */
export function createOutboxRelay(input: CreateOutboxRelayInput): OutboxRelay {
  const {
    database,
    starter,
    queues,
    inline,
    logger,
    metrics,
    pollMs = 2000,
    batch = 100,
    leaseMs = 60_000,
    maxStartsInFlight = 10,
  } = input;
  const stopping = new AbortController();
  const timesOf = (gatherMs: number) => createSweepTimes({ spacingMs: SPACING_MS, gatherMs, signal: stopping.signal });
  const lanes: Lane[] = [
    { name: 'temporal', consumers: ['temporal'], serve: start, times: timesOf(0), outages: 0 },
    { name: 'redis', consumers: queuedConsumers, serve: publish, times: timesOf(0), outages: 0 },
    {
      name: 'inline',
      consumers: inlineConsumers,
      serve: (lease) => applyInline({ database, lease, consumers: inline, logger, metrics }),
      times: timesOf(GATHER_INLINE_MS),
      outages: 0,
    },
  ];
  let running: Promise<unknown> = Promise.resolve();

  const outageWaitMs = ({ outages }: Lane) =>
    Math.min(FIRST_OUTAGE_WAIT_MS * 2 ** Math.max(0, outages - 1), MAX_OUTAGE_WAIT_MS);

  async function sweepLane(lane: Lane): Promise<SweepResult> {
    const atMost = lane.outages > 0 ? 1 : batch;
    const lease = await leaseRows({ database, consumers: lane.consumers, atMost, leaseMs });
    if (lease.rows.length === 0) return { leased: 0, full: false, away: false };
    const reason = await lane.serve(lease);
    noteOutage(lane, reason);
    return { leased: lease.rows.length, full: lease.rows.length === atMost, away: reason !== null };
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
    while (!stopping.signal.aborted) await lane.times.next(await sweepAndPause(lane));
  }

  /** Sweeps a lane. Returns the milliseconds until the next poll; while a server is down they have passed already. */
  async function sweepAndPause(lane: Lane): Promise<number> {
    try {
      const { leased, full, away } = await sweepLane(lane);
      if (!away) return full ? 0 : leased > 0 ? Math.min(pollMs, BUSY_POLL_MS) : pollMs;
      await pause(outageWaitMs(lane));
    } catch (error) {
      logger.error({ lane: lane.name, err: error }, 'A sweep of the outbox failed');
      await pause(Math.max(pollMs, FIRST_OUTAGE_WAIT_MS));
    }
    return 0;
  }

  const pause = (ms: number) => setTimeout(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  function wake(rows: readonly DueRow[]): void {
    for (const { consumers, times } of lanes)
      for (const { pending, dueAt } of rows)
        if (pending.some((consumer) => consumers.includes(consumer))) times.wake(dueAt);
  }

  return {
    async run() {
      const ignore = database.onDueRows(wake);
      running = Promise.all(lanes.map(runLane)).finally(ignore);
      await running;
    },
    wake,
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
