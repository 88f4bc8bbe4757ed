import { randomUUID } from 'node:crypto';
import { newId } from '../../../domain/ids';
import { expectContract } from '../../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const order = async (body: object | undefined, { as = OPERATOR_KEY, key = randomUUID() } = {}) => {
  const call = api.call('post', '/listings/expirations', as).set('Idempotency-Key', key);
  return expectContract(await (body === undefined ? call : call.send(body)));
};
const startsOf = (operationId: string) => api.database.models.outbox.find({ entityId: operationId }).lean();

it('an order becomes an operation, which the operator reads, and the start of its sweep', async () => {
  const { partnerId } = await api.newTenant();
  const { status, headers, body } = await order({ partnerId, dryRun: true });
  expect([status, headers.location]).toEqual([202, `/api/v1/operations/${body.id}`]);
  expect(body).toMatchObject({ state: 'running', type: 'expire_listings', progress: { done: 0, total: 0 } });
  const read = expectContract(await api.call('get', `/operations/${body.id}`, OPERATOR_KEY));
  expect([read.status, read.body.id]).toEqual([200, body.id]);
  expect(await startsOf(body.id)).toMatchObject([
    {
      start: {
        workflowType: 'listingExpiration',
        workflowId: `listingExpiration/${body.id}`,
        taskQueue: 'listings',
        input: { tenantId: 'operator', operationId: body.id },
      },
    },
  ]);
  const stored = await api.database.models.operations.findById(body.id).lean();
  expect(stored?.sweep).toMatchObject({ partnerId, dryRun: true });
});

it('without a body the sweep is for everybody, and a repeat of the request orders no other', async () => {
  const key = randomUUID();
  const [first, again] = [await order(undefined, { key }), await order(undefined, { key })];
  expect([first.status, again.body.id]).toEqual([202, first.body.id]);
  expect(await startsOf(first.body.id)).toHaveLength(1);
  const stored = await api.database.models.operations.findById(first.body.id).lean();
  expect(stored?.sweep).toMatchObject({ partnerId: null, dryRun: false });
});

it('refuses an unknown partner by name, and everybody but the platform operator', async () => {
  const unknown = await order({ partnerId: newId('partner') });
  expect([unknown.status, unknown.body.code, unknown.body.errors[0].pointer]).toEqual([404, 'NOT_FOUND', '/partnerId']);
  const { key, tenantId } = await api.newTenant({ scopes: ['operator', 'write', 'read'] });
  expect((await order({}, { as: key })).status).toBe(403);
  const { body } = await order({});
  expect((await api.call('get', `/operations/${body.id}`, key)).status).toBe(404);
  expect(await api.database.models.operations.countDocuments({ tenantId })).toBe(0);
});
