import { DomainError } from '../../domain/domain-error';
import { expectContract } from '../../testing/expect-contract';
import { OPERATOR_KEY, PATIENT_MS, startTestApi, type TestApi } from '../../testing/test-api';
import { recordIdOf } from '../replies/idempotency';

describe('idempotency', () => {
  let api: TestApi;
  let tenant: Awaited<ReturnType<TestApi['newTenant']>>;
  let answerOf: () => Promise<{ state: 'awaiting_profile'; at: string }>;
  const outcome = { state: 'awaiting_profile', at: '2026-11-21T09:00:00.000Z' } as const;
  const sent: string[] = [];

  beforeAll(async () => {
    api = await startTestApi({
      requestDeadlineMs: PATIENT_MS,
      sendOnboardingCommand: ({ commandId }) => {
        sent.push(commandId);
        return answerOf();
      },
    });
    tenant = await api.newTenant();
  });
  beforeEach(() => {
    sent.length = 0;
    answerOf = async () => outcome;
  });
  afterAll(() => api.stop());

  let number = 0;
  const person = () => ({ email: `ada${++number}@example.com`, name: 'Ada' });
  const post = (path: string, key: string, body: object, apiKey = tenant.key) =>
    api.call('post', path, apiKey).set('Idempotency-Key', key).send(body).then(expectContract);
  const cancel = async (id: string, key: string, body: object = {}) => post(`/onboardings/${id}/cancel`, key, body);
  const newOnboarding = async () => (await post('/onboardings', `new-${++number}`, person())).body.id as string;

  it('creates one onboarding for 50 concurrent requests with one key', async () => {
    const body = person();
    const startsBefore = api.started.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/onboardings', 'fifty', body)));
    const accepted = answers.filter(({ status }) => status === 202);
    const others = answers.filter(({ status }) => status !== 202);
    expect(
      others
        .map(({ status, body: problem }) => `${status} ${problem.code}`)
        .filter((text) => text !== '409 REQUEST_IN_FLIGHT'),
    ).toEqual([]);
    expect(new Set(accepted.map(({ body: { id } }) => id)).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(api.started.length - startsBefore).toBe(1);
    const { onboardings, users, events, outbox } = api.database.models;
    const found = await onboardings.find({ email: body.email }).lean();
    expect(found).toHaveLength(1);
    const id = found[0]?._id;
    expect(await users.countDocuments({ email: body.email })).toBe(1);
    expect(await events.countDocuments({ entityId: id })).toBe(1);
    expect(await outbox.countDocuments({ entityId: id })).toBe(2);
  });

  it('compares requests as sent: an explicit default makes a different request', async () => {
    const body = person();
    expect((await post('/onboardings', 'default', body)).status).toBe(202);
    expect((await post('/onboardings', 'default', { ...body, requiresApproval: false })).body.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect((await post('/onboardings', 'default', body)).headers['idempotent-replayed']).toBe('true');
  });

  it('replays the first response, whatever the order of the keys in the body', async () => {
    const { email, name } = person();
    const first = await post('/onboardings', 'again', { email, name });
    const second = await post('/onboardings', 'again', { name, email });
    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      location: first.headers.location,
      etag: first.headers.etag,
    });
  });

  it('rejects the same key with another body or path', async () => {
    const body = person();
    const {
      body: { id },
    } = await post('/onboardings', 'reused', body);
    expect((await post('/onboardings', 'reused', { ...body, name: 'Grace' })).body).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await cancel(id, 'reused')).body).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(sent).toEqual([]);
  });

  it('rejects a missing or invalid key', async () => {
    const missing = await api.call('post', '/onboardings', tenant.key).unset('Idempotency-Key').send(person());
    expect(expectContract(missing).body).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING' });
    expect((await post('/onboardings', 'with space', person())).body).toMatchObject({
      status: 400,
      code: 'INVALID_PARAMETER',
      errors: [{ parameter: 'Idempotency-Key' }],
    });
  });

  it('keeps equal keys of different tenants apart', async () => {
    const other = await api.newTenant();
    const sameTenantLive = await api.newTenant({ partnerId: tenant.partnerId, mode: 'live' });
    const body = person();
    const answers = [
      await post('/onboardings', 'shared', body),
      await post('/onboardings', 'shared', body, other.key),
      await post('/onboardings', 'shared', body, sameTenantLive.key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(3);
  });

  it('keeps a rejection: the repeat gets the same response although the cause is gone', async () => {
    const body = person();
    const { body: first } = await post('/onboardings', 'first', body);
    const refused = await post('/onboardings', 'refused', body);
    expect(refused.body).toMatchObject({ status: 409, code: 'ONBOARDING_OPEN', conflictsWith: first.id });
    await api.database.models.users.updateOne({ _id: first.userId }, { $unset: { holdsEmail: 1 } });
    const repeated = await post('/onboardings', 'refused', body);
    expect(repeated.body).toEqual(refused.body);
    expect(repeated.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'content-type': 'application/problem+json',
    });
  });

  it('names the user who has the address, once their onboarding has ended', async () => {
    const body = person();
    const { body: first } = await post('/onboardings', 'ended', body);
    await api.database.models.onboardings.updateOne({ _id: first.id }, { $set: { state: 'completed' } });
    expect((await post('/onboardings', 'taken', { ...body, email: body.email.toUpperCase() })).body).toMatchObject({
      status: 409,
      code: 'EMAIL_TAKEN',
      conflictsWith: first.userId,
    });
  });

  it('never stores the secret of an API key, so the repeat has none', async () => {
    const create = () =>
      post(`/partners/${tenant.partnerId}/api-keys`, 'key', { mode: 'live', scopes: ['read'] }, OPERATOR_KEY);
    const first = await create();
    const second = await create();
    expect(first.body.key).toMatch(/^pk_live_[\w-]{43}$/);
    expect(second.body).toEqual({ ...first.body, key: null });
    const stored = JSON.stringify(await api.database.connection.db?.collection('idempotency').find().toArray());
    expect(stored).not.toContain(first.body.key);
  });

  it('responds 409 while a command is in progress, and with the first response afterwards', async () => {
    const id = await newOnboarding();
    let finish = (): void => undefined;
    answerOf = () =>
      new Promise((resolve) => {
        finish = () => resolve(outcome);
      });
    const first = cancel(id, 'slow');
    while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const repeat = await cancel(id, 'slow');
    expect(repeat.body).toMatchObject({ status: 409, code: 'REQUEST_IN_FLIGHT' });
    expect(repeat.headers['retry-after']).toBe('1');
    finish();
    expect((await first).body).toEqual({ id, ...outcome });
    const replayed = await cancel(id, 'slow');
    expect(replayed.body).toEqual({ id, ...outcome });
    expect(replayed.headers['idempotent-replayed']).toBe('true');
    expect(sent).toHaveLength(1);
  });

  it('takes over a command whose process died, with the same command id', async () => {
    const id = await newOnboarding();
    const _id = recordIdOf({ tenantId: tenant.tenantId, headers: { 'idempotency-key': 'died' } });
    answerOf = async () => {
      throw new DomainError('OUTCOME_PENDING', 'Not known yet');
    };
    expect((await cancel(id, 'died')).status).toBe(503);
    // The state that a killed process leaves: an open record, still locked for a while.
    await api.database.models.idempotency.updateOne({ _id }, { $set: { lockedUntil: new Date(Date.now() + 60_000) } });
    answerOf = async () => outcome;
    expect((await cancel(id, 'died')).body.code).toBe('REQUEST_IN_FLIGHT');
    await api.database.models.idempotency.updateOne({ _id }, { $set: { lockedUntil: new Date(Date.now() - 1) } });
    expect((await cancel(id, 'died', { reason: 'another body' })).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    const answers = await Promise.all([cancel(id, 'died'), cancel(id, 'died')]);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(1);
  });

  it('lets a repeat after OUTCOME_PENDING through immediately, for the same command', async () => {
    const id = await newOnboarding();
    answerOf = async () => {
      throw new DomainError('OUTCOME_PENDING', 'Not known yet');
    };
    const pending = await cancel(id, 'pending');
    expect(pending.body).toMatchObject({ status: 503, code: 'OUTCOME_PENDING' });
    expect(pending.headers['retry-after']).toBe('1');
    answerOf = async () => outcome;
    expect((await cancel(id, 'pending')).status).toBe(200);
    expect(new Set(sent).size).toBe(1);
  });

  it("keeps a command's final rejection, but not a 429", async () => {
    const id = await newOnboarding();
    answerOf = async () => {
      throw new DomainError('ILLEGAL_STATE', 'It is completed');
    };
    await cancel(id, 'illegal');
    answerOf = async () => outcome;
    expect((await cancel(id, 'illegal')).body).toMatchObject({ status: 409, code: 'ILLEGAL_STATE' });
    answerOf = async () => {
      throw new DomainError('RESEND_LIMIT', 'Five a day', { retryAfterSeconds: 60 });
    };
    expect((await cancel(id, 'limited')).headers['retry-after']).toBe('60');
    answerOf = async () => outcome;
    expect((await cancel(id, 'limited')).status).toBe(200);
    // A workflow returns a refused update's refusal again, so the repeat has an id of its own.
    expect(new Set(sent).size).toBe(3);
  });

  it('sends a key that is used again after its record has lapsed as a new command', async () => {
    const id = await newOnboarding();
    answerOf = async () => outcome;
    await cancel(id, 'lapsed');
    await api.database.models.idempotency.deleteMany({ tenantId: tenant.tenantId });
    expect((await cancel(id, 'lapsed')).headers['idempotent-replayed']).toBeUndefined();
    expect(new Set(sent).size).toBe(2);
  });

  it('suspends a user again under a key whose record has lapsed', async () => {
    const { userId } = (await post('/onboardings', 'suspended', person())).body;
    await api.database.models.users.updateOne({ _id: userId }, { $set: { state: 'active' } });
    const move = (name: string, key: string) => post(`/users/${userId}/${name}`, key, {});
    expect([(await move('suspend', 'S')).status, (await move('reactivate', 'R')).status]).toEqual([200, 200]);
    await api.database.models.idempotency.deleteMany({ tenantId: tenant.tenantId });
    expect((await move('suspend', 'S')).body).toMatchObject({ state: 'suspended' });
    expect(await api.database.models.users.findOne({ _id: userId }).lean()).toMatchObject({ state: 'suspended' });
    const timeline = await api.database.models.events.find({ entityId: userId }).sort({ _id: 1 }).lean();
    expect(timeline.map(({ type }) => type).slice(-3)).toEqual([
      'user.suspended',
      'user.reactivated',
      'user.suspended',
    ]);
  });

  it('keeps texts of commands in MongoDB under the command id, once', async () => {
    const id = await newOnboarding();
    await cancel(id, 'texts', { reason: 'Private matters' });
    const [commandId] = sent;
    expect(await api.database.models.commandPayloads.findOne({ _id: commandId }).lean()).toMatchObject({
      tenantId: tenant.tenantId,
      entityId: id,
      payload: { reason: 'Private matters' },
    });
  });
});
