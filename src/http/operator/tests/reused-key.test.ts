import { newId } from '../../../domain/ids';
import { openStuckItem } from '../../../services/operator/stuck-items';
import { expectContract } from '../../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
const closed: string[] = [];
beforeAll(async () => {
  api = await startTestApi({
    stuck: {
      restart: async ({ item }) => item,
      close: async ({ item }) => {
        closed.push(item._id);
        return { ...item, state: 'closed' };
      },
    },
  });
});
afterAll(() => api.stop());

async function openItem(tenantId: string): Promise<string> {
  const entityId = newId('onboarding');
  const about = { entityType: 'onboarding', entityId, subject: `userOnboarding/${entityId}` } as const;
  await openStuckItem({
    database: api.database,
    tenantId,
    kind: 'state_mismatch',
    detail: 'changed by hand',
    ...about,
  });
  return (await api.database.models.stuckItems.findOne({ entityId }).lean().orFail())._id;
}

test('a remedy, which may end a workflow, does not begin under a key that was used for another item', async () => {
  const { tenantId } = await api.newTenant();
  const [first, second] = [await openItem(tenantId), await openItem(tenantId)];
  const key = newId('event');
  const close = (id: string) =>
    api
      .call('post', `/operations/stuck/${id}/close`, OPERATOR_KEY)
      .set('Idempotency-Key', key)
      .send({ reason: 'done by hand' })
      .then(expectContract);
  expect((await close(first)).status).toBe(200);
  const { status, body } = await close(second);
  expect([status, body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  expect((await close(first)).status).toBe(200);
  expect(closed).toEqual([first]);
});
