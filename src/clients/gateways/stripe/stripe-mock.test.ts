import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { PaymentGateway } from '../payment-gateway';
import { createStripeGateway } from './stripe-gateway';
import { call, charge } from './stripe-test-bed';

const VERSION = 'v0.203.0';
const FOLDER = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'partner-platform',
  `stripe-mock-${VERSION}`,
);

/** Returns stripe-mock, built once from its Go module and kept outside the checkout; null without Go. */
function stripeMock(): string | null {
  const program = join(FOLDER, 'stripe-mock');
  if (existsSync(program)) return program;
  try {
    mkdirSync(FOLDER, { recursive: true });
    const env = { ...process.env, GOBIN: FOLDER };
    execFileSync('go', ['install', `github.com/stripe/stripe-mock@${VERSION}`], {
      env,
      timeout: 240_000,
      stdio: 'pipe',
    });
    return program;
  } catch {
    return null;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const program = stripeMock();
const withStripeMock = program === null ? describe.skip : describe;

/**
 * Stripe-mock checks every request against Stripe's own OpenAPI description and refuses unknown or malformed
 * parameters. It keeps no state, so its responses say nothing about the course of a payment.
 */
withStripeMock('every kind of request fits the API that Stripe describes (stripe-mock; skipped without Go)', () => {
  let mock: ChildProcess;
  let gateway: PaymentGateway;
  beforeAll(async () => {
    const port = await freePort();
    mock = spawn(program ?? '', ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
    const apiBase = `http://127.0.0.1:${port}`;
    gateway = createStripeGateway({ apiKey: 'sk_test_123', returnUrl: 'https://partner.example/back', apiBase });
    for (let attempt = 0; attempt < 100; attempt++) {
      const isUp = await fetch(apiBase).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 300_000);
  afterAll(() => mock.kill());

  const named = { authorisationId: 'pi_1' };
  const amount = { amountMinor: 300, currency: 'EUR' };
  const requests: Record<string, () => Promise<unknown>> = {
    'authorise, the customer present': () => gateway.authorise({ ...charge, description: 'An order' }),
    'authorise and save the payment method': () => gateway.authorise({ ...charge, gatewayCustomerId: 'cus_1' }),
    'authorise a renewal': () =>
      gateway.authorise({ ...charge, purpose: 'renewal', gatewayCustomerId: 'cus_1', methodSaved: true }),
    'create a customer': () => gateway.customers!.create({ ...call('gcu_1:create'), reference: 'gcu_1' }),
    'save a payment method': () =>
      gateway.customers!.saveMethod({ ...call('sub_1:save'), gatewayCustomerId: 'cus_1', paymentMethod: 'pm_1' }),
    'capture all': () => gateway.capture({ ...call('c'), ...named }),
    'capture a part': () => gateway.capture({ ...call('c'), ...named, amount }),
    void: () => gateway.void({ ...call('v'), ...named }),
    'refund all': () => gateway.refund({ ...call('r'), ...named }),
    'refund a part': () => gateway.refund({ ...call('r'), ...named, amount, reference: 'ref_1' }),
    'look up an authorisation by its id': () =>
      gateway.lookUp({ ...call('pay_1:authorise:1'), operation: 'authorise', ...named }),
    'search an authorisation': () => gateway.lookUp({ ...call('pay_1:authorise:1'), operation: 'authorise' }),
    'look up a capture': () => gateway.lookUp({ ...call('c'), operation: 'capture', ...named }),
    'look up a void': () => gateway.lookUp({ ...call('v'), operation: 'void', ...named }),
    'look up a refund': () => gateway.lookUp({ ...call('r'), operation: 'refund', ...named }),
    'get a payment method': () => gateway.getPaymentMethod({ tenantId: 'ten_a', at: charge.at, paymentMethod: 'pm_1' }),
  };
  test.each(Object.keys(requests))('%s', async (name) => {
    const answer = await requests[name]?.().catch((error: unknown) => error);
    // A response that does not fit our request is irrelevant here; a refused request is not.
    expect(answer).not.toMatchObject({ name: 'GatewayRequestRefused' });
    expect(answer).not.toMatchObject({ name: 'GatewayUnavailable', message: expect.stringContaining('ECONNREFUSED') });
  });
});
