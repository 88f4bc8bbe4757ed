import { expectContract } from '../../testing/expect-contract';
import { oddAddresses, oddCurrencies, oddLocales, oddTimeZones } from '../../testing/odd-values';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../testing/test-api';

let api: TestApi;
let key: string;
let partnerId: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ key, partnerId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (path: string, content: object, as = key) =>
  expectContract(await api.call('post', path, as).send(content));
const counts = () =>
  Promise.all(Object.values(api.database.models).map((model) => model.collection.estimatedDocumentCount()));
const refusedOf = (values: readonly (readonly [string, boolean])[]) =>
  values.filter(([, isAccepted]) => !isAccepted).map(([value]) => value);
const acceptedOf = (values: readonly (readonly [string, boolean])[]) =>
  values.filter(([, isAccepted]) => isAccepted).map(([value]) => value);

/** Expects each value to be refused at its field with a remedy, and nothing to be stored. */
async function expectRefused(
  path: string,
  values: readonly string[],
  { pointer, content, as }: { pointer: string; content: (value: string) => object; as?: string },
): Promise<void> {
  const before = await counts();
  for (const value of values) {
    const { status, body } = await post(path, content(value), as);
    expect([value, status, body.errors?.[0]?.pointer]).toEqual([value, 422, pointer]);
    expect(body.errors[0].detail).toMatch(/such as|at most/);
  }
  expect(await counts()).toEqual(before);
}

const monthly = (currency: string) => ({ name: 'Pro', interval: 'month', amount: { amountMinor: 1000, currency } });
const person = { email: 'ada@example.com', name: 'Ada Lovelace' };

it('an unusable time zone or locale of a partner or person is refused at its field', async () => {
  const fields = [
    ['timeZone', oddTimeZones],
    ['locale', oddLocales],
  ] as const;
  for (const [field, values] of fields) {
    const pointer = `/${field}`;
    const partner = (value: string) => ({ name: 'Acme', [field]: value });
    await expectRefused('/partners', refusedOf(values), { pointer, content: partner, as: OPERATOR_KEY });
    const onboarding = (value: string) => ({ ...person, [field]: value });
    await expectRefused('/onboardings', refusedOf(values), { pointer, content: onboarding });
    const patched = await api
      .call('patch', `/partners/${partnerId}`, OPERATOR_KEY)
      .send({ [field]: values.at(-1)![0] });
    expect([expectContract(patched).status, patched.body.errors[0].pointer]).toEqual([422, pointer]);
  }
});

it('an unusable currency or address is refused at its field', async () => {
  const pointer = '/amount/currency';
  const payment = (value: string) => ({ amount: monthly(value).amount, paymentMethod: 'pm_ok' });
  await expectRefused('/payments', refusedOf(oddCurrencies), { pointer, content: payment });
  await expectRefused('/plans', refusedOf(oddCurrencies), { pointer, content: monthly });
  const addresses = { pointer: '/email', content: (email: string) => ({ ...person, email }) };
  await expectRefused('/onboardings', refusedOf(oddAddresses), addresses);
  const reviewers = (value: string) => ({ name: 'Acme', reviewers: [value] });
  await expectRefused('/partners', refusedOf(oddAddresses), {
    pointer: '/reviewers/0',
    content: reviewers,
    as: OPERATOR_KEY,
  });
});

it('a subscription and an advance work in every time zone that a partner may have', async () => {
  for (const timeZone of acceptedOf(oddTimeZones)) {
    const tenant = await api.newTenant();
    const changed = await api.call('patch', `/partners/${tenant.partnerId}`, OPERATOR_KEY).send({ timeZone });
    expect([timeZone, expectContract(changed).status, changed.body.timeZone]).toEqual([timeZone, 200, timeZone]);
    const plan = await post('/plans', monthly('EUR'), tenant.key);
    const order = { customerId: 'cust-1', planId: plan.body.id, paymentMethod: 'pm_ok', trialDays: 14 };
    const subscribed = await post('/subscriptions', order, tenant.key);
    const advanced = await post('/sandbox/clock/advance', { by: 'P1M' }, tenant.key);
    expect([timeZone, subscribed.status, advanced.status]).toEqual([timeZone, 202, 202]);
  }
});

it('every locale and currency that is taken is stored as it was sent', async () => {
  for (const locale of acceptedOf(oddLocales)) {
    const { status, body } = await post('/partners', { name: 'Acme', locale }, OPERATOR_KEY);
    expect([locale, status, body.locale]).toEqual([locale, 201, locale]);
  }
  for (const currency of acceptedOf(oddCurrencies)) {
    const { status, body } = await post('/plans', monthly(currency));
    expect([currency, status, body.amount]).toEqual([currency, 201, { amountMinor: 1000, currency }]);
  }
});

const listing = { title: 'Golf', description: 'Well kept', category: 'cars' };
const payment = { amount: monthly('EUR').amount, paymentMethod: 'pm_ok' };

it.each([
  ['/onboardings', 'metadata', person],
  ['/payments', 'metadata', payment],
  ['/listings', 'metadata', listing],
  ['/listings', 'attributes', listing],
])('POST %s refuses names in %s that no object may have', async (path, field, content) => {
  for (const name of ['__proto__', 'constructor', 'prototype', '_bsontype']) {
    const entries = JSON.parse(`{"${name}":"ObjectId"}`) as object;
    const { status, body } = await post(path, { ...content, [field]: entries });
    expect([name, status, body.errors]).toMatchObject([name, 422, [{ pointer: `/${field}/${name}`, rule: 'pattern' }]]);
  }
});
