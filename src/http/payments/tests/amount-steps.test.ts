import { unusedPrice } from '../../../domain/subscriptions/billing/proration';
import type { Database } from '../../../models/database';
import { createPaymentCommands } from '../../../temporal/commands/payments/payment-commands';
import { expectContract } from '../../../testing/expect-contract';
import { seedCaptured } from '../../../testing/worlds/seed-payment';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let database: Database;
let live: { key: string; tenantId: string };
let sandbox: { key: string; tenantId: string };

beforeAll(async () => {
  // An invalid capture is rejected before its process gets the command.
  api = await startTestApi({
    sendPaymentCommand: (input) =>
      createPaymentCommands({ client: undefined as never, starter: undefined as never, database })(input),
  });
  ({ database } = api);
  live = await api.newTenant({ mode: 'live' });
  sandbox = await api.newTenant();
});
afterAll(() => api.stop());

const kwd = (amountMinor: number) => ({ amountMinor, currency: 'KWD' });
const post = async (path: string, content: object, as: { key: string }) =>
  expectContract(await api.call('post', path, as.key).send(content));
const refusal = async (path: string, content: object, as = live) => {
  const {
    status,
    body: { code, detail, errors },
  } = await post(path, content, as);
  return { status, code, detail, pointer: errors?.[0]?.pointer };
};
const refused = {
  status: 422,
  code: 'AMOUNT_NOT_IN_STEPS',
  pointer: '/amount/amountMinor',
  detail: expect.stringContaining('Send 5120 or 5130.'),
};
const plan = { name: 'Pro', amount: kwd(5124), interval: 'month' };
const payment = { amount: kwd(5124), paymentMethod: 'pm_ok' };
/** Returns the number of documents in each collection except the responses kept for repeats. */
const counts = async () =>
  Promise.all(
    Object.entries(database.models)
      .filter(([name]) => name !== 'idempotency')
      .map(([, model]) => model.collection.countDocuments()),
  );

describe('an amount that Stripe does not accept', () => {
  it('is rejected for a live payment or plan with the accepted amounts; nothing is stored', async () => {
    const before = await counts();
    for (const path of ['/payments', '/payments/initialize']) expect(await refusal(path, payment)).toEqual(refused);
    expect(await refusal('/plans', plan)).toEqual(refused);
    expect(await refusal('/payments', { ...payment, amount: { amountMinor: 150, currency: 'MGA' } })).toMatchObject({
      ...refused,
      detail: expect.stringContaining('Send 100 or 200.'),
    });
    expect(await counts()).toEqual(before);
    expect((await post('/payments', { ...payment, amount: kwd(5120) }, live)).status).toBe(202);
    expect((await post('/plans', { ...plan, amount: kwd(5120) }, live)).status).toBe(201);
  });

  it('is rejected for a live refund or capture, and nothing is stored', async () => {
    const captured = await seedCaptured({ api, ...live, ...kwd(9990) });
    const authorised = await seedCaptured({ api, ...live, ...kwd(9990), state: 'authorised' });
    await database.models.payments.updateOne({ _id: authorised }, { $set: { capture: 'manual' } });
    const released = await seedCaptured({ api, ...live, ...kwd(9990), state: 'authorised' });
    const parent = { workflowId: 'parent/test', signal: 'paymentReported' };
    await database.models.payments.updateOne(
      { _id: released },
      { $set: { capture: 'manual', parent, purpose: 'renewal', chain: null } },
    );
    const before = await database.models.events.countDocuments();
    expect(await refusal(`/payments/${captured}/refunds`, { amount: kwd(5124) })).toEqual(refused);
    for (const id of [authorised, released])
      expect(await refusal(`/payments/${id}/capture`, { amount: kwd(5124) })).toEqual(refused);
    expect(await database.models.events.countDocuments()).toBe(before);
    expect((await post(`/payments/${captured}/refunds`, { amount: kwd(5120) }, live)).status).toBe(202);
    expect((await post(`/payments/${released}/capture`, { amount: kwd(5120) }, live)).status).toBe(200);
  });

  it('never results from a live change of plan; a sandbox is exact to the minor unit', async () => {
    const changeOf = async (tenant: typeof live, stepMinor: number) => {
      const [small, large] = await Promise.all(
        [1110, 9990].map(
          async (amountMinor) =>
            (await post('/plans', { ...plan, amount: kwd(amountMinor) }, tenant)).body.id as string,
        ),
      );
      const { subscriptionId } = await seedSubscription({
        api,
        tenantId: tenant.tenantId,
        with: { planId: small!, quantity: 3 },
        at: new Date(Date.now() - 1_000_000_003).toISOString(),
      });
      const { body } = await post(
        `/subscriptions/${subscriptionId}/change-plan/preview`,
        { planId: large, when: 'now' },
        tenant,
      );
      const { period } = await database.models.subscriptions.findById(subscriptionId).lean().orFail();
      const restOf = (amountMinor: number) =>
        unusedPrice({ price: kwd(amountMinor), stepMinor, period: period!, at: body.effectiveAt }).amountMinor;
      const amounts = (body.lines as { amount: { amountMinor: number } }[]).map(({ amount }) => amount.amountMinor);
      expect(amounts).toEqual([-restOf(3330), restOf(29_970)]);
      return amounts;
    };
    for (const amountMinor of await changeOf(live, 10)) expect(Math.abs(amountMinor % 10)).toBe(0);
    await changeOf(sandbox, 1);
  });

  it('is accepted in a sandbox', async () => {
    expect((await post('/payments', payment, sandbox)).status).toBe(202);
    expect((await post('/plans', plan, sandbox)).status).toBe(201);
    const captured = await seedCaptured({ api, ...sandbox, ...kwd(9999) });
    expect((await post(`/payments/${captured}/refunds`, { amount: kwd(5124) }, sandbox)).status).toBe(202);
  });
});
