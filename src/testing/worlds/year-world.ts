import { NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../../../activities';
import { createSandboxClockActivities } from '../../../activities/sandbox/sandbox-clock';
import { translateDomainError } from '../../../activities/translate-domain-error';
import { taskQueues } from '../../contracts/task-queues';
import { createClock, type Clock } from '../../services/clock';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { createClockAdvances } from './clock-advances';
import { openSubscriptionWorld, type SubscriptionWorld } from './subscription-world';
import { workflowBundle } from '../servers/workflow-bundle';

export interface YearWorld {
  world: SubscriptionWorld;
  clock: Clock;
  /**
   * Moves the tenant's clock as a partner does, by an ISO 8601 duration. Answers how long it took in real time (ms).
   */
  advance: (by: string) => Promise<number>;
  close(): Promise<void>;
}

/** Subscriptions whose tenant's clock is moved by the workflow that moves it in production. */
export async function openYearWorld(): Promise<YearWorld> {
  const world = await openSubscriptionWorld();
  const { client, database, starter, tenantId } = world;
  const connection = await NativeConnection.connect({ address: process.env.TEST_TEMPORAL_ADDRESS });
  const clock = createClock({ database });
  const activities = createSandboxClockActivities({
    sandboxClock: createSandboxClockMover({ client, database, starter }),
  } as never) as Partial<Activities>;
  const worker = await Worker.create({
    connection,
    namespace: client.options.namespace,
    taskQueue: taskQueues.operations,
    activities,
    interceptors: { activity: [translateDomainError] },
    workflowBundle,
  });
  const running = worker.run();
  const advances = createClockAdvances({ database, starter, clock });
  return {
    world,
    clock,
    async advance(by) {
      const began = performance.now();
      const ended = await advances.ended(await advances.advance(tenantId, by), 200_000);
      const tookMs = Math.round(performance.now() - began);
      process.stderr.write(`The advance by ${by} took ${tookMs} ms\n`);
      expect(ended).toMatchObject({ state: 'completed', failure: null });
      return tookMs;
    },
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
      await world.close();
    },
  };
}
