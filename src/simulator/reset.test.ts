import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandboxAccount } from '../clients/gateways/sandbox-account';
import { GatewayUnavailable } from '../clients/gateways/gateway-errors';
import { authorise, captured, get, ledger, post, SECRET as secret, start, stop } from './gateway-under-test';

test('a reset empties one account for ever, with its keys and cards', async () => {
  const gateway = await start();
  const card = { paymentMethod: 'pm_expires_next_month', customerId: 'c', at: '2027-05-10T00:00:00Z' };
  const month = async (at: string) =>
    (await get(gateway, `/v1/payment-methods/${card.paymentMethod}?customerId=c&at=${at}`)).body.expMonth;
  const before = await authorise(gateway, 'k', card.paymentMethod, card);
  await captured(gateway, 'other');
  await post(
    gateway,
    '/v1/authorisations',
    'k',
    { amount: { amountMinor: 5, currency: 'EUR' }, paymentMethod: 'pm_ok' },
    'ten_ab',
  );
  const action = await authorise(gateway, 'act', 'pm_requires_action');
  const page = (action.body as unknown as { nextAction: { url: string } }).nextAction.url;
  expect(await month('2027-05-11T00:00:00Z')).toBe(6);

  const account = createSandboxAccount({ url: gateway.url, secret });
  for (let time = 0; time < 2; time++) await account.reset('ten_a');
  const isEmpty = async (at: typeof gateway) => {
    expect(await ledger(at)).toEqual([]);
    expect((await get(at, '/v1/charges?key=k')).status).toBe(404);
    expect((await post(at, `/v1/authorisations/${before.body.id}/capture`, 'late')).status).toBe(404);
    expect(await ledger(at, 'ten_ab')).toHaveLength(1);
    expect((await get(at, '/v1/charges?key=k', 'ten_ab')).status).toBe(200);
  };
  await isEmpty(gateway);
  expect((await fetch(page)).status).toBe(404);

  await stop(gateway);
  const again = await start();
  await isEmpty(again);
  expect((await authorise(again, 'k', 'pm_ok')).replayed).toBe(false);
  expect(
    (await get(again, `/v1/payment-methods/${card.paymentMethod}?customerId=c&at=2026-11-21T00:00:00Z`)).body.expMonth,
  ).toBe(12);
  expect(await ledger(again)).toHaveLength(1);
});

test('undelivered events of an emptied account are not sent after a restart', async () => {
  const silent = await start();
  await authorise(silent, 'k');
  await post(
    silent,
    '/v1/authorisations',
    'k',
    { amount: { amountMinor: 5, currency: 'EUR' }, paymentMethod: 'pm_ok' },
    'ten_b',
  );
  await createSandboxAccount({ url: silent.url, secret }).reset('ten_a');
  await stop(silent);
  const received: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        received.push((JSON.parse(Buffer.concat(chunks).toString()) as { data: { account: string } }).data.account);
        response.end();
      });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await start({ webhookUrl, webhookHabits: { latePercent: 0, doubledPercent: 0 } });
  while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.close();
  expect(new Set(received)).toEqual(new Set(['ten_b']));
});

test('a simulator that is down or stopped empties nothing and is reported as unavailable', async () => {
  const gateway = await start({ chaos: { down: true } });
  const account = createSandboxAccount({ url: gateway.url, secret, timeoutMs: 500 });
  await expect(account.requireReachable('ten_a')).rejects.toThrow(GatewayUnavailable);
  await expect(account.reset('ten_a')).rejects.toThrow('it responded with 503');
  await stop(gateway);
  await expect(account.requireReachable('ten_a')).rejects.toThrow(GatewayUnavailable);
  await expect(account.reset('ten_a')).rejects.toThrow(GatewayUnavailable);
});
