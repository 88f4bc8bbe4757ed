import { setTimeout as sleep } from 'node:timers/promises';
import { breakGatewayCircuit } from './circuit-breaker';
import type { CircuitState } from './circuit-breaker';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from './gateway-errors';
import type { AuthoriseResult, PaymentGateway } from './payment-gateway';

const input = {
  tenantId: 'ten_a',
  idempotencyKey: 'k',
  at: '2026-11-21T10:00:00Z',
  amount: { amountMinor: 1, currency: 'EUR' },
  paymentMethod: 'pm_ok',
};
const authorised: AuthoriseResult = { status: 'authorised', authorisationId: 'aut_1', amount: input.amount };
const unavailable = () => new GatewayUnavailable({ call: 'authorise', idempotencyKey: 'k', reason: 'test' });
const unknown = () => new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey: 'k', reason: 'test' });

const closing: (() => void)[] = [];
afterEach(() =>
  closing.splice(0).forEach((close) => {
    close();
  }),
);

/** Returns a circuit around a gateway whose next result is that of `behave`. */
function circuit(retryAfterMs = 10_000) {
  const seen = { calls: 0, states: [] as CircuitState[], behave: async (): Promise<AuthoriseResult> => authorised };
  const gateway = {
    authorise: () => {
      seen.calls += 1;
      return seen.behave();
    },
  } as unknown as PaymentGateway;
  const broken = breakGatewayCircuit({
    gateway,
    name: 'test',
    minimumCalls: 4,
    retryAfterMs,
    onStateChange: (state) => seen.states.push(state),
  });
  closing.push(() => {
    broken.close();
  });
  const authorise = () => broken.gateway.authorise(input).catch((error: unknown) => error);
  const fail = async (failure: () => Error, times: number) => {
    seen.behave = () => Promise.reject(failure());
    for (let i = 0; i < times; i += 1) await authorise();
  };
  return { seen, authorise, fail, state: () => broken.state() };
}

test.each([
  ['unavailable', unavailable],
  ['unknown', unknown],
])('opens when the calls are %s, and then fails immediately without calling', async (_name, error) => {
  const { seen, authorise, fail, state } = circuit();
  await fail(error, 4);
  expect(state()).toBe('open');
  const refused = await authorise();
  expect(refused).toBeInstanceOf(GatewayUnavailable);
  expect(refused).toMatchObject({ call: 'authorise', idempotencyKey: 'k' });
  expect(seen.calls).toBe(4);
});

test('stays closed over declines, refused requests and failures at or below the rate', async () => {
  const { seen, authorise, fail, state } = circuit();
  seen.behave = async () => ({ status: 'declined', authorisationId: null, reason: 'card_declined' });
  for (let i = 0; i < 10; i += 1) await authorise();
  await fail(() => new GatewayRequestRefused({ call: 'authorise', reason: 'test' }), 10);
  await fail(unknown, 20);
  expect(state()).toBe('closed');
  await fail(unknown, 1);
  expect(state()).toBe('open');
});

test("the error of a call let through is the gateway's own", async () => {
  const { seen, authorise } = circuit();
  const own = unknown();
  seen.behave = () => Promise.reject(own);
  expect(await authorise()).toBe(own);
});

test('lets one probe through after a while: a good one closes it, a bad one opens it again', async () => {
  const { seen, authorise, fail, state } = circuit(40);
  await fail(unavailable, 4);
  await sleep(60);
  expect(state()).toBe('half_open');
  await fail(unavailable, 1);
  expect(state()).toBe('open');

  await sleep(60);
  seen.behave = () => sleep(20).then(() => authorised);
  const results = await Promise.all([authorise(), authorise(), authorise()]);
  expect(results.filter((result) => result instanceof GatewayUnavailable)).toHaveLength(2);
  expect(state()).toBe('closed');
  expect(seen.states).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
});
