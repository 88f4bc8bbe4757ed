import { watchCommands } from '../../testing/servers/count-commands';
import { startTestApi, type TestApi } from '../../testing/test-api';

let api: TestApi;
let key: string;
let taken: () => string[];
beforeAll(async () => {
  api = await startTestApi();
  ({ key } = await api.newTenant());
  taken = watchCommands(api.database);
});
afterAll(() => api.stop());

const payment = { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' };

/** What a request costs MongoDB: exact, on any machine. A change that adds a command changes a figure. */
describe('the commands of a request that', () => {
  it.each([
    ['accepts a payment', '/payments', payment, 7],
    ['accepts an onboarding', '/onboardings', { email: 'ada@example.com', name: 'Ada' }, 10],
    [
      'accepts an onboarding that names locale and time zone',
      '/onboardings',
      { email: 'grace@example.com', name: 'Grace', locale: 'en-GB', timeZone: 'Europe/London' },
      9,
    ],
  ])('%s, in one transaction', async (_what, path, body, commands) => {
    // The first request of a process also looks up its key.
    await api.call('get', '/me', key);
    taken();
    expect((await api.call('post', path, key).send(body)).status).toBe(202);
    const sent = taken();
    expect(sent.filter((command) => command.endsWith('Transaction'))).toEqual(['commitTransaction']);
    expect(sent).toHaveLength(commands);
  });

  it('creates, changes and deletes a listing, each in one transaction', async () => {
    await api.call('put', '/listing-categories/bikes', key).send({ names: { en: 'Bikes', de: 'Räder' } });
    const bike = { title: 'A bike', description: 'Nearly new', category: 'bikes', ref: 'bike-1', ownerRef: 'x' };
    taken();
    const { body } = await api.call('post', '/listings', key).send(bike);
    expect(taken()).toEqual([
      'find sandbox_clocks',
      'find listing_categories',
      'update listing_category_slots',
      'insert listings',
      'insert events',
      'insert outbox',
      'insert listing_revisions',
      'insert idempotency',
      'commitTransaction',
      'find sandbox_clocks',
    ]);
    const path = `/listings/${body.id}`;
    await api.call('patch', path, key).send({ title: 'A good bike' });
    expect(taken()).toHaveLength(9);
    await api.call('delete', path, key);
    expect(taken()).toHaveLength(9);
  });

  it('reads a payment, or a page of them', async () => {
    const { body } = await api.call('post', '/payments', key).send(payment);
    taken();
    await api.call('get', `/payments/${body.id}`, key);
    await api.call('get', '/payments?limit=100', key);
    expect(taken()).toEqual(['find payments', 'find payments']);
  });
});
