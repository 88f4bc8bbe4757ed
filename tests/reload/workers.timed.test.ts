import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { freePort } from '../../scripts/embedded/ports';
import { processPaymentId } from '../../src/contracts/payments/payment';
import { settledPaymentStates } from '../../src/domain/payments/payment';
import { connectTemporal } from '../../src/temporal/connect-temporal';
import { disturbedTasksOf } from '../../src/testing/histories/disturbed-tasks';
import { measureLag } from '../../src/testing/platform/measure-lag';
import { payUntilAnswered } from '../../src/testing/platform/chaos-scene';
import { consecutivePorts } from '../../src/testing/platform/consecutive-ports';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { openPm2 } from '../../src/testing/platform/pm2';
import { badPrograms, releaseProgram } from '../../src/testing/platform/released-program';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

const PAYMENTS = 200;
/** Milliseconds between two payments. */
const EVERY_MS = 80;
/** Payments that may be open at a time: on a machine that is slow for all of them, none waits for the others. */
const OPEN_AT_MOST = 30;
/**
 * Milliseconds for which a payment may stand still, on a machine that does not. A workflow task that is lost on its way
 * to an ending worker costs 6 s; the short form, which also runs on busy machines, lets it be lost twice.
 */
const STANDS_STILL_MS = casesOf({ short: 15_000, long: 10_000 });
const program = releaseProgram('workers');

let platform: Platform;
let pm2: ReturnType<typeof openPm2>;
let app: PartnerApp;
let client: Client;

beforeAll(async () => {
  platform = await startPlatform({ name: 'workers', workers: 0 });
  pm2 = openPm2({
    folder: program.folder,
    environment: { ...platform.environment, RELOAD_READY_MS: '60000' },
    // Two workers, and one more during a release.
    adminPorts: { worker: await consecutivePorts(3), sandbox: await freePort() },
  });
  await pm2.start('worker', 'sandbox');
  ({ app } = await enrolPartner(platform));
  const { address } = platform.servers.temporal;
  client = connectTemporal({ address, namespace: 'default', tls: false, apiKey: undefined });
});
afterAll(async () => {
  await client?.connection.close();
  await pm2?.kill();
  await platform?.stop();
}, 60_000);

/** Sends payments evenly, at least `count` and until `work` has ended. Resolves to their ids once all have ended. */
async function payDuring<T>(count: number, work: Promise<T>): Promise<[string[], T]> {
  const ended = new AbortController();
  const whenEnded = work.finally(() => ended.abort());
  const payments: Promise<string>[] = [];
  const open = new Set<Promise<string>>();
  while (payments.length < count || !ended.signal.aborted) {
    const payment = payUntilSettled(payments.length).finally(() => open.delete(payment));
    payments.push(payment);
    open.add(payment);
    await setTimeout(EVERY_MS);
    if (open.size >= OPEN_AT_MOST) await Promise.race(open);
  }
  return Promise.all([Promise.all(payments), whenEnded]);
}

/** Resolves to the payment's id once it and its process have ended. */
async function payUntilSettled(index: number): Promise<string> {
  const id = await payUntilAnswered(app, index);
  const states: readonly string[] = settledPaymentStates;
  await waitFor(async () => states.includes((await app.get<{ state: string }>(`/payments/${id}`)).body.state), {
    what: `payment ${id} to be settled`,
  });
  await client.workflow.getHandle(processPaymentId(id)).result();
  return id;
}

async function verifyLedger(): Promise<number | null> {
  const child = spawn(process.execPath, [program.file, '--verify-ledger'], {
    env: platform.environment,
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

it(`workers that are released under ${PAYMENTS} payments disturb none of them`, async () => {
  const before = (await pm2.list('worker')).map(({ pid }) => pid);
  program.restore();
  const lag = measureLag();
  const [ids, { code, output }] = await payDuring(PAYMENTS, pm2.release({}, '--only', 'worker'));
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/Released: build/) });
  const after = await pm2.list('worker');
  expect(after.map(({ status }) => status)).toEqual(['online', 'online']);
  expect(after.filter(({ pid }) => before.includes(pid))).toEqual([]);
  const lagMs = await lag();
  const { disturbed, lateTasks, longestPauseMs } = await disturbedTasksOf(client, ids.map(processPaymentId));
  process.stderr.write(
    `${ids.length} payments, the longest pause in a process took ${Math.round(longestPauseMs)} ms; ` +
      `${lateTasks} late workflow tasks; this process stood still for ${Math.round(lagMs)} ms\n`,
  );
  expect(disturbed).toEqual([]);
  expect(await verifyLedger()).toBe(0);
  expect(longestPauseMs - lagMs).toBeLessThan(STANDS_STILL_MS);
});

it('a worker that never becomes ready is refused, and the previous ones work on', async () => {
  const before = await pm2.list('worker');
  program.replaceBy(badPrograms.dies);
  const { code, output } = await pm2.release({ readyWithinMs: 5000 }, '--only', 'worker');
  program.restore();
  expect([code, output]).toEqual([1, expect.stringMatching(/Refused: the new worker .* cannot serve: it ended/)]);
  expect(await pm2.list('worker')).toEqual(before);
  await payDuring(3, Promise.resolve());
});

it('a release of the simulated gateway under payments loses none', async () => {
  const [, { code, output }] = await payDuring(20, pm2.release({}, '--only', 'sandbox'));
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/sandbox \d+: ready with build/) });
  expect(await verifyLedger()).toBe(0);
});
