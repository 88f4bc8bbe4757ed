import type { Consumer, InlineConsumer } from '../contracts/outbox';
import type { OutboxRow } from '../models/outbox-row';
import { createQueues, type Queues } from '../queue/queues';
import type { ApplyRows } from '../queue/relay/apply-inline';
import { createOutboxRelay, type CreateOutboxRelayInput } from '../queue/relay/outbox-relay';
import { newOutboxRow } from '../services/new-outbox-row';
import { markDone } from '../services/outbox';
import { silent, testRedisUrl } from './queue-test-bed';
import { watchCommands } from './servers/count-commands';
import { openTestDatabase } from './servers/test-database';

export type RelayTestBed = Awaited<ReturnType<typeof openRelayTestBed>>;

/** Returns a row of the outbox that one consumer has to handle. */
export const rowFor = (consumer: Consumer, more: Partial<OutboxRow> = {}): OutboxRow => ({
  ...newOutboxRow({
    tenantId: 'ptn_1:live',
    entityType: 'onboarding',
    entityId: 'onb_1',
    correlationId: 'corr-1',
    pending: [consumer],
  }),
  ...more,
});

/** Inline consumers without an effect: their rows stay open. */
export const noInline: Record<InlineConsumer, ApplyRows> = {
  analytics: async () => undefined,
  notices: async () => undefined,
  refunds: async () => undefined,
  revisions: async () => undefined,
  search: async () => undefined,
};

/** Opens a database with relays and queues over it, which `clear` stops between two tests. */
export async function openRelayTestBed() {
  const { database, uri, drop } = await openTestDatabase();
  const closers: (() => Promise<unknown>)[] = [];
  const recordStart = async (row: OutboxRow): Promise<void> => {
    await markDone({ database, rowId: row._id, consumer: 'temporal' });
  };
  return {
    database,
    uri,
    /** Returns a function that returns how often this command was sent since. */
    commandsOf(command: string): () => number {
      const taken = watchCommands(database);
      let count = 0;
      return () => (count += taken().filter((sent) => sent === command).length);
    },
    /** The starter of a Temporal that accepts every start. */
    recordStart,
    /** Has `close` called before the next test. */
    onClear: (close: () => Promise<unknown>): void => void closers.push(close),
    runRelay(input: Partial<CreateOutboxRelayInput> & { queues: Pick<Queues, 'publish'> }): void {
      const starter = { start: recordStart };
      const relay = createOutboxRelay({ database, starter, inline: noInline, logger: silent, pollMs: 50, ...input });
      void relay.run();
      closers.push(() => relay.stop());
    },
    openQueues(prefix: string, redisUrl = testRedisUrl()): Queues {
      const queues = createQueues({ redisUrl, prefix, logger: silent });
      closers.push(() => queues.close());
      return queues;
    },
    /** Stops everything that a test opened, the latest first, and empties the database. */
    async clear(): Promise<void> {
      for (const close of closers.splice(0).toReversed()) await close();
      await Promise.all(Object.values(database.models).map((model) => model.collection.deleteMany({})));
    },
    close: drop,
  };
}
