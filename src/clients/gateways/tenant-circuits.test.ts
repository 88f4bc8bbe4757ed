import { GatewayOutcomeUnknown, GatewayUnavailable } from './gateway-errors';
import type { AuthoriseResult, PaymentGateway } from './payment-gateway';
import { breakTenantCircuits, type TenantCircuits } from './tenant-circuits';

const amount = { amountMinor: 1, currency: 'EUR' };
const authorised: AuthoriseResult = { status: 'authorised', authorisationId: 'aut_1', amount };
const failures = {
  unavailable: () => new GatewayUnavailable({ call: 'authorise', idempotencyKey: 'k', reason: 'test' }),
  unknown: () => new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey: 'k', reason: 'test' }),
};

let circuits: TenantCircuits | undefined;
afterEach(() => circuits?.close());

/**
 * Opens circuits in which four failures of one tenant open its circuit; `ill` are the tenants for whom the gateway
 * fails.
 */
function open({ failure = failures.unavailable, maxTenants }: { failure?: () => Error; maxTenants?: number } = {}) {
  const seen = { calls: 0, ill: new Set<string>(), changes: [] as string[] };
  const authorise = async ({ tenantId }: { tenantId: string }) => {
    seen.calls += 1;
    if (seen.ill.has(tenantId)) throw failure();
    return authorised;
  };
  circuits = breakTenantCircuits({
    gateway: { authorise } as unknown as PaymentGateway,
    name: 'test',
    minimumCalls: 4,
    maxTenants,
    onStateChange: (state, tenantId) => seen.changes.push(`${tenantId} ${state}`),
  });
  const { gateway } = circuits;
  const pay = (tenantId: string, paying = gateway) =>
    paying
      .authorise({ tenantId, idempotencyKey: 'k', at: '2026-11-21T10:00:00Z', amount, paymentMethod: 'pm_ok' })
      .catch((error: unknown) => error);
  const payOften = async (tenantId: string, times: number) => {
    for (let time = 0; time < times; time += 1) await pay(tenantId);
  };
  return { seen, pay, payOften, states: () => circuits!.states().sort() };
}

test.each(Object.entries(failures))('a tenant whose calls are %s stops only itself', async (_name, failure) => {
  const { seen, pay, payOften, states } = open({ failure });
  seen.ill.add('a');
  await payOften('a', 10);
  expect([await pay('b'), seen.calls]).toEqual([authorised, 5]);
  expect([states(), seen.changes]).toEqual([['closed', 'open'], ['a open']]);
});

test('a gateway that is down for all tenants is called by none of them', async () => {
  const { seen, payOften, states } = open();
  for (const tenantId of ['a', 'b', 'c']) {
    seen.ill.add(tenantId);
    await payOften(tenantId, 10);
  }
  expect([states(), seen.calls]).toEqual([['open', 'open', 'open'], 12]);
});

test('the circuit unused for longest makes room for a new one, and its tenant then starts closed', async () => {
  const { seen, pay, payOften, states } = open({ maxTenants: 2 });
  seen.ill.add('a').add('b');
  await payOften('a', 4);
  await payOften('b', 4);
  await pay('a');
  expect(await pay('c')).toBe(authorised);
  expect(states()).toEqual(['closed', 'open']);
  // `a` was used after `b`, so `b` made room.
  const { calls } = seen;
  await pay('a');
  expect(seen.calls).toBe(calls);
  seen.ill.delete('b');
  expect(await pay('b')).toBe(authorised);
  expect(states()).toHaveLength(2);
});

test('a call under way when its circuit makes room still resolves', async () => {
  let resolve = (_answer: AuthoriseResult): void => undefined;
  const promise = new Promise<AuthoriseResult>((done) => {
    resolve = done;
  });
  circuits = breakTenantCircuits({
    gateway: {
      authorise: ({ tenantId }: { tenantId: string }) => (tenantId === 'a' ? promise : Promise.resolve(authorised)),
    } as unknown as PaymentGateway,
    name: 'test',
    maxTenants: 1,
  });
  const input = { idempotencyKey: 'k', at: '2026-11-21T10:00:00Z', amount, paymentMethod: 'pm_ok' };
  const underWay = circuits.gateway.authorise({ ...input, tenantId: 'a' });
  await circuits.gateway.authorise({ ...input, tenantId: 'b' });
  resolve(authorised);
  expect(await underWay).toBe(authorised);
});
