import { taskQueues } from '../../contracts/task-queues';
import type { Clock } from '../../services/clock';
import { createClockAdvances } from './clock-advances';
import { openSubscriptionWorld, type SubscriptionWorld } from './subscription-world';

export interface YearWorld {
  world: SubscriptionWorld;
  clock: Clock;
  /** Advances the tenant's clock as a partner does, by an ISO 8601 duration. Returns the real time taken, in ms. */
  advance: (by: string) => Promise<number>;
  close(): Promise<void>;
}

/** Opens subscriptions whose tenant's clock is advanced by the workflow of production. */
export async function openYearWorld(): Promise<YearWorld> {
  const world = await openSubscriptionWorld({ taskQueues: [taskQueues.operations] });
  const { clock, tenantId } = world;
  const advances = createClockAdvances(world);
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
    close: () => world.close(),
  };
}
