import { DomainError } from '../../domain/domain-error';
import { expectContract } from '../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../testing/test-api';
import { recordIdOf } from '../replies/idempotency';

describe('commands under an Idempotency-Key', () => {
  let api: TestApi;
  let tenant: Awaited<ReturnType<TestApi['newTenant']>>;
  let answerOf: () => Promise<{ state: 'awaiting_profile'; at: string }>;
  const outcome = { state: 'awaiting_profile', at: '2026-11-21T09:00:00.000Z' } as const;
  const sent: string[] = [];

  beforeAll(async () => {
    api = await startTestApi({
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

  it('asks to repeat while the record of the first request has no majority yet', async () => {
    const id = await newOnboarding();
    expect((await cancel(id, 'no-majority')).status).toBe(200);
    const nothing = { lean: async () => null } as never;
    const read = jest.spyOn(api.database.models.idempotency, 'findOne');
    read.mockReturnValueOnce(nothing).mockReturnValueOnce(nothing);
    const repeat = await cancel(id, 'no-majority').finally(() => read.mockRestore());
    expect(repeat.body).toMatchObject({ status: 409, code: 'REQUEST_IN_FLIGHT' });
    expect((await cancel(id, 'no-majority')).headers['idempotent-replayed']).toBe('true');
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
