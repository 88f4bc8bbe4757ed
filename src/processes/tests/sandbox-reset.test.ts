import { randomUUID } from 'node:crypto';
import { createGridFsFileStore } from '../../clients/storage/gridfs-file-store';
import { DomainError } from '../../domain/domain-error';
import type { Call } from '../../http/pipeline/request-context';
import { createIdempotency } from '../../http/replies/idempotency';
import { Turns } from '../../http/replies/turns';
import { beginFile, finishFile } from '../../services/reports/files';
import { acceptPayment } from '../../services/payments/accept-payment';
import { deleteTenantData, tenantModels } from '../../services/sandbox/delete-tenant-data';
import { whileResetting } from '../../services/sandbox/while-resetting';
import { acceptAdvance } from '../../temporal/commands/sandbox/sandbox-clock-commands';
import { deferred } from '../../testing/deferred';
import { expectContract } from '../../testing/expect-contract';
import { cars, seedListing } from '../../testing/contract/seed-listing';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { startTestApi, type TestApi } from '../../testing/test-api';
import { openTestNamespace, type TestNamespace } from '../../testing/servers/test-namespace';
import { createSandboxOperations } from '../sandbox-operations';

let api: TestApi;
let temporal: TestNamespace;
/** Runs when a reset has reached the gateway: by then everything of ours is deleted. */
let atTheGateway: () => Promise<unknown> = async () => undefined;

const account = { requireReachable: async () => undefined, reset: async () => void (await atTheGateway()) };
beforeAll(async () => {
  temporal = await openTestNamespace();
  api = await startTestApi({ resetSandbox: (input) => operations().resetSandbox(input) });
});
afterAll(() => Promise.all([api.stop(), temporal.close()]));
afterEach(() => {
  atTheGateway = async () => undefined;
});

const fileStore = () => createGridFsFileStore({ database: api.database });
const operations = () =>
  createSandboxOperations({ client: temporal.client, database: api.database, account, fileStore: fileStore() });
const removeFile = (fileId: string) => fileStore().remove(fileId);
const by = { kind: 'api_key', id: 'key_test' } as const;
const body = { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' };
const at = '2026-11-21T09:00:00.000Z';
const post = async (path: string, as: string, content?: object, key: string = randomUUID()) =>
  expectContract(await api.call('post', path, as).set('Idempotency-Key', key).send(content));
const isThere = async (path: string, as: string) => (await api.call('get', path, as)).status === 200;

describe('while a sandbox is reset', () => {
  it('writes are refused until it is done and then accepted under the same key', async () => {
    const [tenant, other] = [await api.newTenant(), await api.newTenant()];
    const key = randomUUID();
    const meanwhile: Awaited<ReturnType<typeof post>>[] = [];
    atTheGateway = async () => {
      meanwhile.push(
        await post('/payments', tenant.key, body, key),
        await post('/sandbox/clock/advance', tenant.key, { by: 'P1D' }),
        await post('/sandbox/clock/reset', tenant.key),
      );
      expect((await post('/payments', other.key, body)).status).toBe(202);
    };
    expect((await post('/sandbox/clock/reset', tenant.key)).status).toBe(200);
    expect(meanwhile.map(({ status, body: { code }, headers }) => [status, code, headers['retry-after']])).toEqual(
      Array.from({ length: 3 }, () => [503, 'SANDBOX_RESETTING', '2']),
    );
    const accepted = await post('/payments', tenant.key, body, key);
    expect([accepted.status, await isThere(`/payments/${accepted.body.id}`, tenant.key)]).toEqual([202, true]);
  });

  it('a write that was under way when it began is not reported as accepted', async () => {
    const { tenantId, key } = await api.newTenant();
    const accept = async (idempotencyKey: string, inTransaction: () => Promise<unknown>) => {
      const call = {
        tenantId,
        headers: { 'idempotency-key': idempotencyKey },
        fingerprint: 'f',
        correlationId: 'c',
        deadline: { throwIfPassed: () => undefined },
      } as unknown as Call;
      return createIdempotency({ database: api.database, turns: new Turns() }).acceptOnce({
        call,
        async write(session) {
          const { payment } = await acceptPayment({
            database: api.database,
            session,
            tenantId,
            ...body,
            correlationId: 'c',
            by,
            at,
          });
          await inTransaction();
          return { status: 202, body: { id: payment._id } };
        },
      });
    };
    const reset = () => operations().resetSandbox({ tenantId, keepIdempotencyId: 'the request' });
    // The write commits after the reset, so its payment exists; only the response cannot know.
    const late = randomUUID();
    await expect(accept(late, reset)).rejects.toMatchObject({ code: 'SANDBOX_RESETTING' });
    const repeated = await accept(late, async () => undefined);
    expect(await isThere(`/payments/${(repeated.body as { id: string }).id}`, key)).toBe(true);

    // The write commits in the middle of the reset, which deletes it.
    const early = randomUUID();
    const [held, committed] = [deferred(), deferred()];
    let resetting: Promise<unknown> | undefined;
    const resetMeanwhile = async () => {
      resetting ??= whileResetting({ database: api.database, tenantId }, async (requireHeld) => {
        held.resolve();
        await committed.promise;
        await deleteTenantData({ database: api.database, tenantId, requireHeld, removeFile });
      });
      await held.promise;
    };
    await expect(accept(early, resetMeanwhile)).rejects.toMatchObject({ code: 'SANDBOX_RESETTING' });
    expect(await api.database.models.payments.countDocuments({ tenantId })).toBe(2);
    committed.resolve();
    await resetting;
    expect(await api.database.models.payments.countDocuments({ tenantId })).toBe(0);
    const again = await accept(early, async () => undefined);
    expect([
      again.headers?.['Idempotent-Replayed'],
      await isThere(`/payments/${(again.body as { id: string }).id}`, key),
    ]).toEqual([undefined, true]);
  });

  it('commands and a concurrent advance are refused', async () => {
    const { tenantId, key } = await api.newTenant();
    const { paymentId } = await seedPayment({ api, tenantId });
    const { database } = api;
    const advance = { database, tenantId, by: 'P1D', actor: by, realNow: new Date(), correlationId: 'c' };
    await whileResetting({ database, tenantId }, async () => {
      expect((await post(`/payments/${paymentId}/cancel`, key)).body.code).toBe('SANDBOX_RESETTING');
      const put = await api.call('put', '/listing-categories/cars', key).send(cars);
      expect(expectContract(put).body.code).toBe('SANDBOX_RESETTING');
      expect(await database.models.listingCategories.countDocuments({ tenantId })).toBe(0);
      await expect(database.inTransaction((session) => acceptAdvance({ ...advance, session }))).rejects.toMatchObject({
        code: 'SANDBOX_RESETTING',
      });
    });
    await database.inTransaction((session) => acceptAdvance({ ...advance, session }));
    expect((await database.models.sandboxClocks.findById(tenantId).lean())?.advancing).not.toBeNull();
  });
});

describe('a reset that ended halfway', () => {
  it('by an error lets the next request through immediately', async () => {
    const tenant = await api.newTenant();
    atTheGateway = () => Promise.reject(new DomainError('GATEWAY_UNAVAILABLE', 'It went down'));
    expect((await post('/sandbox/clock/reset', tenant.key)).body.code).toBe('GATEWAY_UNAVAILABLE');
    expect((await post('/payments', tenant.key, body)).status).toBe(202);
  });

  it('with its process lets requests and the next reset through after half a minute', async () => {
    const tenant = await api.newTenant();
    const { sandboxClocks } = api.database.models;
    const dies = (until: number) =>
      sandboxClocks.updateOne(
        { _id: tenant.tenantId },
        {
          $set: { resetting: { by: 'the dead', until: new Date(until) } },
          $setOnInsert: { tenantId: tenant.tenantId, offsetMs: 0, updatedAt: new Date() },
        },
        { upsert: true },
      );
    await dies(Date.now() + 30_000);
    expect((await post('/payments', tenant.key, body)).body.code).toBe('SANDBOX_RESETTING');
    expect((await post('/sandbox/clock/reset', tenant.key)).body.code).toBe('SANDBOX_RESETTING');
    await dies(Date.now() - 1);
    expect((await post('/payments', tenant.key, body)).status).toBe(202);
    expect((await post('/sandbox/clock/reset', tenant.key)).status).toBe(200);
    expect((await post('/payments', tenant.key, body)).status).toBe(202);
  });

  it('by losing its hold deletes nothing of what was accepted since', async () => {
    const { tenantId, key } = await api.newTenant();
    const { database } = api;
    await seedPayment({ api, tenantId });
    let accepted = '';
    const stalled = whileResetting({ database, tenantId }, async (requireHeld) => {
      await database.models.sandboxClocks.updateOne({ _id: tenantId }, { $set: { resetting: null } });
      accepted = (await post('/payments', key, body)).body.id;
      await deleteTenantData({ database, tenantId, requireHeld, removeFile });
    });
    await expect(stalled).rejects.toMatchObject({ code: 'SANDBOX_RESETTING' });
    expect(await isThere(`/payments/${accepted}`, key)).toBe(true);
  });
});

/** Writes a file of a report. Returns its id. */
async function seedFile(tenantId: string): Promise<string> {
  const { database } = api;
  const owner = { tenantId, reportId: 'rpt_1', format: 'csv' };
  const { _id: fileId } = await beginFile({ database, ...owner, name: 'payments.csv', mediaType: 'text/csv' });
  const bytes = (async function* () {
    yield Buffer.from('id,amount');
  })();
  const digest = await fileStore().write({ key: fileId, stream: bytes });
  await finishFile({ database, tenantId, fileId, ...digest });
  return fileId;
}

it('a reset deletes all data, however much, and sets the clock to real time', async () => {
  const { tenantId, key } = await api.newTenant();
  const { payments, sandboxClocks } = api.database.models;
  const { paymentId } = await seedPayment({ api, tenantId });
  await seedListing({ api, key });
  const { _id, ...payment } = (await payments.findById(paymentId).lean())!;
  await payments.insertMany(Array.from({ length: 2500 }, (_each, index) => ({ ...payment, _id: `${_id}${index}` })));
  await sandboxClocks.create({ _id: tenantId, tenantId, offsetMs: 86_400_000, advancing: null, updatedAt: new Date() });
  const kept = await seedFile((await api.newTenant()).tenantId);
  await seedFile(tenantId);
  expect((await post('/sandbox/clock/reset', key)).body).toMatchObject({ offsetSeconds: 0, advancing: null });
  const left = await Promise.all(
    tenantModels(api.database).map(
      async (model) => [model.modelName, await model.countDocuments({ tenantId })] as const,
    ),
  );
  expect(left.filter(([, count]) => count > 0)).toEqual([['IdempotencyRecord', 1]]);
  const stored = await api.database.models.storedChunks.find({}, { files_id: 1 }).lean();
  expect(stored.map((chunk) => chunk.files_id)).toEqual([kept]);
  expect(await fileStore().list({ after: '', limit: 9 })).toMatchObject([{ key: kept }]);
});
