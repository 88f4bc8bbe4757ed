import { setTimeout } from 'node:timers/promises';
import { processPaymentId } from '../../src/contracts/payments/payment';
import { settledPaymentStates } from '../../src/domain/payments/payment';
import { connectTemporal } from '../../src/temporal/connect-temporal';
import { createRunningWorkflows } from '../../src/temporal/running-workflows';
import { casesOf } from '../../src/testing/long-form';
import { compareBooks, payUntilAnswered, withChaos } from '../../src/testing/platform/chaos-scene';
import type { Platform } from '../../src/testing/platform/platform';
import { waitFor } from '../../src/testing/wait-for';

const PAYMENTS = casesOf({ short: 200, long: 1_000 });
const KILLING_MS = casesOf({ short: 30_000, long: 60_000 });

async function killInTurn(platform: Platform, until: number): Promise<number> {
  let kills = 0;
  const restarts: Promise<void>[] = [];
  while (Date.now() < until) {
    const worker = platform.workers[kills % platform.workers.length]!;
    await worker.kill();
    restarts.push(worker.start().catch(() => undefined));
    kills++;
    await setTimeout(2000);
  }
  await Promise.all(restarts);
  for (const worker of platform.workers) if (!worker.alive()) await worker.start();
  return kills;
}

it(`settles ${PAYMENTS} payments over a gateway in chaos while workers are killed every 2 s`, async () => {
  await withChaos({ name: 'chaos', workers: 2 }, async (scene) => {
    const { platform, app, tenantId, database } = scene;
    const killing = killInTurn(platform, Date.now() + KILLING_MS);
    const acknowledged: string[] = [];
    for (let index = 0; index < PAYMENTS; index += 10) {
      acknowledged.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(10, PAYMENTS - index) }, (_, offset) => payUntilAnswered(app, index + offset)),
        )),
      );
      await setTimeout((KILLING_MS * 0.8) / (PAYMENTS / 10));
    }
    const kills = await killing;
    const lastKillAt = Date.now();
    const open = { tenantId, state: { $nin: [...settledPaymentStates] } };
    await waitFor(async () => (await database.models.payments.countDocuments(open)) === 0, {
      what: 'every payment to be settled',
      timeoutMs: 180_000,
      everyMs: 500,
    });
    const settledAfterS = Math.round((Date.now() - lastKillAt) / 1000);

    const stored = await database.models.payments.find({ tenantId }, { state: 1 }).lean();
    const count = (state: string) => stored.filter((payment) => payment.state === state).length;
    process.stderr.write(
      `${acknowledged.length} payments, ${kills} kills, settled ${settledAfterS} s after the last: ` +
        `${count('captured')} captured, ${count('declined')} declined\n`,
    );
    expect(stored.map(({ _id }) => _id).sort()).toEqual([...new Set(acknowledged)].sort());
    expect(acknowledged).toHaveLength(PAYMENTS);
    expect(await compareBooks(scene, acknowledged)).toEqual([]);
    const client = connectTemporal({
      address: platform.servers.temporal.address,
      namespace: 'default',
      tls: false,
      apiKey: undefined,
    });
    const workflows = createRunningWorkflows(client);
    let running = acknowledged;
    await waitFor(
      async () => {
        // An ended process is not queried again.
        const answers = await Promise.all(
          running.map(async (id) => ({ id, isRunning: await workflows.isRunning(processPaymentId(id)) })),
        );
        running = answers.filter(({ isRunning }) => isRunning).map(({ id }) => id);
        return running.length === 0;
      },
      { what: 'every process to have ended', timeoutMs: 180_000, everyMs: 500 },
    );
    await client.connection.close();
    expect(kills).toBeGreaterThan(KILLING_MS / 2000 / 2);
  });
});
