import { newId } from '../../../domain/ids';
import { applyStep } from '../../../services/apply-step';
import { expectContract } from '../../../testing/expect-contract';
import { watchCommands } from '../../../testing/servers/count-commands';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let key: string;
let tenantId: string;
let taken: () => string[];
const ids: { id: string; userId: string }[] = [];

beforeAll(async () => {
  api = await startTestApi();
  ({ key, tenantId } = await api.newTenant());
  taken = watchCommands(api.database);
  for (const name of ['Ada', 'Grace', 'Joan']) {
    const { body } = await api.call('post', '/onboardings', key).send({ email: `${name}@example.com`, name });
    ids.unshift({ id: body.id, userId: body.userId });
    const about = {
      tenantId,
      entityType: 'onboarding',
      entityId: body.id,
      by: { kind: 'workflow', id: null },
    } as const;
    const at = new Date().toISOString();
    const event = { type: 'onboarding.started' } as const;
    await applyStep(api.database, {
      ...about,
      step: 'start',
      from: ['accepted'],
      to: 'awaiting_verification',
      at,
      event,
    });
  }
  await api.call('patch', `/users/${ids[0]?.userId}`, key).send({ name: 'Joan Clarke', timeZone: 'Europe/London' });
});
afterAll(() => api.stop());

const list = () => api.call('get', '/onboardings', key).then(expectContract);
const one = (id: string) => api.call('get', `/onboardings/${id}`, key).then(expectContract);

describe('a page of onboardings', () => {
  it('is one query, whatever it shows of steps and users', async () => {
    await list();
    taken();
    const { items } = (await list()).body;
    expect(taken()).toEqual(['find onboardings']);
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['Joan Clarke', 'Grace', 'Ada']);
    expect(items[0]).toMatchObject({
      timeZone: 'Europe/London',
      steps: [{ name: 'verification', state: 'waiting', startedAt: expect.any(String) }, {}, {}, {}],
    });
  });

  it('shows each onboarding as it is shown alone', async () => {
    const { items } = (await list()).body;
    for (const [index, { id }] of ids.entries()) expect((await one(id)).body).toEqual(items[index]);
  });
});

it('a change of a user that conflicts leaves its onboarding as it was', async () => {
  const { userId = '' } = ids[2] ?? {};
  const change = api
    .call('patch', `/users/${userId}`, key)
    .set('If-Match', '"99"')
    .send({ name: newId('event') });
  expect((await change).status).toBe(412);
  expect((await list()).body.items[2]).toMatchObject({ name: 'Ada' });
});
