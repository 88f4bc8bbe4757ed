import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../simulator/start-simulator';
import type { Simulator } from '../../simulator/start-simulator';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from './gateway-errors';
import { createSandboxGateway } from './sandbox-gateway';
import { readSandboxLedger } from './sandbox-ledger';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const call = (idempotencyKey: string) => ({ tenantId: 'ten_a', at: '2026-11-21T10:00:00Z', idempotencyKey });
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const charge = (idempotencyKey: string, paymentMethod = 'pm_ok') => ({
  ...call(idempotencyKey),
  amount: euros(1000),
  paymentMethod,
});

describe('against the simulated gateway', () => {
  let dataDir: string;
  let sandbox: Simulator;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sandbox-client-'));
    sandbox = await startSimulator({
      port: 0,
      dataDir,
      webhookSecret: SECRET,
      slowMs: 1_200,
    });
  });
  afterEach(async () => {
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const client = (timeoutMs = 400) => createSandboxGateway({ url: sandbox.url, secret: SECRET, timeoutMs });

  async function authorisedBy(gateway: ReturnType<typeof client>, key: string): Promise<string> {
    const result = await gateway.authorise(charge(key));
    if (result.status !== 'authorised') throw new Error(`Expected an authorisation, got ${result.status}`);
    return result.authorisationId;
  }

  test('authorises, captures, refunds in parts and voids; each call can be looked up by its key', async () => {
    const gateway = client(2_000);
    const authorisationId = await authorisedBy(gateway, 'a');
    expect(await gateway.capture({ ...call('c'), authorisationId, amount: euros(800) })).toMatchObject({
      status: 'captured',
      amount: euros(800),
    });
    expect(
      await gateway.refund({ ...call('r1'), authorisationId, amount: euros(300), reference: 'ref_1' }),
    ).toMatchObject({ status: 'refunded', amount: euros(300) });
    expect(await gateway.refund({ ...call('r2'), authorisationId })).toMatchObject({
      status: 'refunded',
      amount: euros(500),
    });
    expect(await gateway.refund({ ...call('r3'), authorisationId, amount: euros(1) })).toEqual({
      status: 'rejected',
      reason: 'already_refunded',
    });
    expect(await gateway.void({ ...call('v'), authorisationId: await authorisedBy(gateway, 'b') })).toEqual({
      status: 'voided',
    });

    const found = async (key: string, operation: 'authorise' | 'capture' | 'void' | 'refund') =>
      gateway.lookUp({ ...call(key), operation });
    expect(await found('a', 'authorise')).toMatchObject({
      status: 'found',
      operation: 'authorise',
      result: { status: 'authorised', authorisationId },
    });
    expect(await found('c', 'capture')).toMatchObject({
      status: 'found',
      result: { status: 'captured', amount: euros(800) },
    });
    expect(await found('r3', 'refund')).toMatchObject({
      status: 'found',
      result: { status: 'rejected', reason: 'already_refunded' },
    });
    expect(await found('v', 'void')).toEqual({ status: 'found', operation: 'void', result: { status: 'voided' } });
    expect(await found('nobody', 'authorise')).toEqual({ status: 'not_found' });

    const items = await Array.fromAsync(readSandboxLedger({ url: sandbox.url, secret: SECRET, tenantId: 'ten_a' }));
    const held = items.map(({ idempotencyKey, outcome }) => `${idempotencyKey} ${outcome}`);
    expect(held).toEqual([
      'a authorised',
      'c captured',
      'r1 refunded',
      'r2 refunded',
      'r3 rejected',
      'b authorised',
      'v voided',
    ]);
  });

  test('a decline is a value', async () => {
    expect(await client(2_000).authorise(charge('a', 'pm_insufficient_funds'))).toMatchObject({
      status: 'declined',
      reason: 'insufficient_funds',
    });
  });

  test.each(['pm_slow', 'pm_timeout_after_charge'])(
    '%s is unknown first, naming call and key, then found',
    async (paymentMethod) => {
      const gateway = client();
      const error = await gateway.authorise(charge('a', paymentMethod)).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(GatewayOutcomeUnknown);
      expect(error).toMatchObject({ call: 'authorise', idempotencyKey: 'a' });
      expect(await gateway.lookUp({ ...call('a'), operation: 'authorise' })).toMatchObject({
        status: 'found',
        result: { status: 'authorised' },
      });
    },
  );

  test('pm_timeout_after_capture leaves the capture unknown, and a repeat settles it', async () => {
    const gateway = client();
    const authorised = await gateway.authorise(charge('a', 'pm_timeout_after_capture'));
    const capture = {
      ...call('c'),
      authorisationId: authorised.status === 'authorised' ? authorised.authorisationId : '',
    };
    await expect(gateway.capture(capture)).rejects.toBeInstanceOf(GatewayOutcomeUnknown);
    expect(await gateway.capture(capture)).toMatchObject({ status: 'captured' });
  });

  test("a look-up returns the customer's decision, while a repeat keeps the first result", async () => {
    const gateway = client(2_000);
    const pending = await gateway.authorise(charge('a', 'pm_requires_action'));
    if (pending.status !== 'requires_action') throw new Error('Expected an action');
    await fetch(pending.url, { method: 'POST', body: new URLSearchParams({ decision: 'decline' }) });
    expect(await gateway.authorise(charge('a', 'pm_requires_action'))).toEqual(pending);
    expect(await gateway.lookUp({ ...call('a'), operation: 'authorise' })).toMatchObject({
      result: { status: 'declined', reason: 'authentication_failed' },
    });
  });

  test('pm_flaky certainly has no effect', async () => {
    await expect(client(2_000).authorise(charge('a', 'pm_flaky'))).rejects.toBeInstanceOf(GatewayUnavailable);
  });

  test('another secret, or another clock, makes a call wait and not fail', async () => {
    const secret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const stranger = createSandboxGateway({ url: sandbox.url, secret, timeoutMs: 2_000 });
    await expect(stranger.authorise(charge('a'))).rejects.toBeInstanceOf(GatewayUnavailable);
    await expect(stranger.lookUp({ ...call('a'), operation: 'authorise' })).rejects.toBeInstanceOf(GatewayUnavailable);
    expect(await client(2_000).lookUp({ ...call('a'), operation: 'authorise' })).toEqual({ status: 'not_found' });
  });

  test('a key reused for another request and an unknown authorisation are defects of ours', async () => {
    const gateway = client(2_000);
    await authorisedBy(gateway, 'a');
    await expect(gateway.authorise({ ...charge('a'), amount: euros(1) })).rejects.toBeInstanceOf(GatewayRequestRefused);
    await expect(gateway.capture({ ...call('c'), authorisationId: 'aut_nobody' })).rejects.toBeInstanceOf(
      GatewayRequestRefused,
    );
  });

  test('returns the facts of a card, or that there is no such card', async () => {
    const gateway = client(2_000);
    const at = '2026-11-21T10:00:00Z';
    expect(await gateway.getPaymentMethod({ tenantId: 'ten_a', at, paymentMethod: 'pm_ok' })).toEqual({
      status: 'found',
      brand: 'visa',
      last4: '4242',
      expMonth: 12,
      expYear: 2030,
      funding: 'credit',
      savedFor: null,
    });
    expect(await gateway.getPaymentMethod({ tenantId: 'ten_a', at, paymentMethod: 'pm_../../x' })).toEqual({
      status: 'not_found',
    });
  });
});

describe('against a gateway that misbehaves', () => {
  async function against<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const authoriseAt = (url: string) =>
    createSandboxGateway({ url, secret: SECRET, timeoutMs: 500 }).authorise(charge('a'));

  test.each<[string, RequestListener]>([
    [
      'the connection is lost after sending',
      (request) => {
        request.socket.destroy();
      },
    ],
    [
      'the response is a 500',
      (_request, response) => {
        response.writeHead(500).end('{"error":{"code":"internal"}}');
      },
    ],
    [
      'the response is a 503 of an intermediary',
      (_request, response) => {
        response.writeHead(503).end('<html>Bad gateway</html>');
      },
    ],
    [
      'the response breaks off',
      (_request, response) => {
        response.writeHead(201, { 'content-length': '100' }).write('{"id":');
        setTimeout(() => {
          response.destroy();
        }, 20);
      },
    ],
    [
      'the response is a 404 of another server',
      (_request, response) => {
        response.writeHead(404).end('{}');
      },
    ],
  ])('the outcome is unknown when %s, but a look-up is merely unavailable', async (_name, listener) => {
    await against(listener, async (url) => {
      await expect(authoriseAt(url)).rejects.toBeInstanceOf(GatewayOutcomeUnknown);
      await expect(
        createSandboxGateway({ url, secret: SECRET }).lookUp({ ...call('a'), operation: 'authorise' }),
      ).rejects.toBeInstanceOf(GatewayUnavailable);
    });
  });

  test('a refused connection is certainly without effect', async () => {
    const url = await against(
      () => undefined,
      async (address) => address,
    );
    await expect(authoriseAt(url)).rejects.toBeInstanceOf(GatewayUnavailable);
  });
});
