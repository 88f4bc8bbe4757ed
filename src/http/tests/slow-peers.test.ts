import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { seedReport } from '../../testing/contract/seed-report';
import { startTestApi, type TestApi } from '../../testing/test-api';
import { waitFor } from '../../testing/wait-for';

const PLACES = 40;
let api: TestApi;
let key: string;
let stranger: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  api = await startTestApi({ maxInFlight: PLACES });
  ({ key } = await api.newTenant());
  ({ key: stranger } = await api.newTenant());
  // Known keys are found in memory.
  for (const known of [key, stranger]) await api.call('get', '/me', known);
});
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
afterAll(() => api?.stop());

/** Sends the text over a connection of its own, and leaves it open. */
async function send(text: string): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(Number(new URL(api.origin).port), '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (part) => (received += part.toString())).on('error', () => undefined);
  socket.write(text);
  return { socket, received: () => received };
}

const beginBody = (path: string, headers = ''): Promise<{ received: () => string }> =>
  send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}Content-Length: 100\r\n\r\n{`);

const many = <T>(count: number, act: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, act));
const statusOfMe = async () => (await api.call('get', '/me', stranger)).status;

it.each([
  ['webhooks whose bodies never end', () => beginBody('/api/v1/webhooks/sandbox-gateway')],
  [
    'requests with a key whose bodies never end',
    () => beginBody('/api/v1/payments', `Authorization: Bearer ${key}\r\nIdempotency-Key: "slow"\r\n`),
  ],
  ['headers that never end', () => send('GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ')],
])('%s take no place from others', async (_what, attack) => {
  for (let begun = 0; begun < PLACES * 3; begun += 1) await attack();
  expect(await many(3, statusOfMe)).toEqual([200, 200, 200]);
});

it('responses that wait for a process take no place from others', async () => {
  const created = await api
    .call('post', '/onboardings', key)
    .send({ email: 'slow@example.com', name: 'Slow' })
    .set('Idempotency-Key', '"waits"');
  for (let begun = 0; begun < PLACES * 3; begun += 1)
    await send(
      `GET /api/v1/onboardings/${created.body.id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n` +
        'Prefer: wait=30\r\n\r\n',
    );
  expect(await many(3, statusOfMe)).toEqual([200, 200, 200]);
  expect((await api.call('get', '/me', key)).status).toBe(200);
});

it('a body that arrives too slowly gets 408 with the remedy, and nothing is stored', async () => {
  const { received } = await beginBody(
    '/api/v1/payments',
    `Authorization: Bearer ${key}\r\nIdempotency-Key: "too-slow"\r\n`,
  );
  await waitFor(async () => received().includes('REQUEST_TIMEOUT'), { what: 'the response' });
  expect(received()).toMatch(/^HTTP\/1\.1 408 [\s\S]*arrived too slowly/);
  expect(await api.database.models.payments.countDocuments({})).toBe(0);
});

it('a caller who reads no responses has 32 MB of them at most, and leaves the others theirs', async () => {
  const { reportId } = await seedReport({ api, key });
  const label = 'x'.repeat(12_000_000);
  const series = [{ id: 'captured', currency: 'EUR', points: [{ label, value: 1 }] }];
  await api.database.models.reports.updateOne({ _id: reportId }, { $set: { series } });
  const agent = new Agent();
  const ask = async (): Promise<number | undefined> => {
    const headers = { Authorization: `Bearer ${key}` };
    const [response] = await once(get(`${api.origin}/api/v1/reports/${reportId}`, { agent, headers }), 'response');
    return (response as IncomingMessage).statusCode;
  };
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  expect(await statusOfMe()).toBe(200);
  agent.destroy();
});
