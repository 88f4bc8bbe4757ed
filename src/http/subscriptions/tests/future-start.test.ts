import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

describe('Prefer: wait on a subscription', () => {
  let api: TestApi;
  let key: string;
  let planId: string;
  beforeAll(async () => {
    api = await startTestApi();
    ({ key } = await api.newTenant());
    const amount = { amountMinor: 1000, currency: 'EUR' };
    const plan = await api.call('post', '/plans', key).send({ name: 'A', amount, interval: 'month' });
    planId = plan.body.id;
  });
  afterAll(() => api.stop());

  const subscribe = async (seconds: number, startAt?: string) => {
    const began = performance.now();
    const answer = await api
      .call('post', '/subscriptions', key)
      .set('Prefer', `wait=${seconds}`)
      .send({ customerId: 'cust-1', planId, paymentMethod: 'pm_ok', startAt })
      .then(expectContract);
    return { answer, tookMs: performance.now() - began };
  };

  it('does not wait for one that starts in the future, also when it is read', async () => {
    const { answer, tookMs } = await subscribe(12, new Date(Date.now() + 86_400_000).toISOString());
    expect([answer.status, answer.body.state]).toEqual([202, 'accepted']);
    expect(tookMs).toBeLessThan(11_000);
    const began = performance.now();
    await api.call('get', `/subscriptions/${answer.body.id}`, key).set('Prefer', 'wait=12').then(expectContract);
    expect(performance.now() - began).toBeLessThan(11_000);
  });

  it('waits for one that starts now', async () => {
    const { answer, tookMs } = await subscribe(2);
    expect([answer.status, answer.body.state]).toEqual([202, 'accepted']);
    expect(tookMs).toBeGreaterThan(1900);
  });
});
