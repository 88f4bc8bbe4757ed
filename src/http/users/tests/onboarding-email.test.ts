import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import type { SendOnboardingCommandInput } from '../../../temporal/commands/users/onboarding-commands';

describe('the correction of an onboarding’s address', () => {
  let api: TestApi;
  let key: string;
  let tenantId: string;
  let refusal: Error | null = null;
  const sent: SendOnboardingCommandInput[] = [];
  beforeAll(async () => {
    api = await startTestApi({
      sendOnboardingCommand: async (input) => {
        sent.push(input);
        if (refusal) throw refusal;
        return { state: 'awaiting_verification', at: '2026-11-21T09:00:00.000Z' };
      },
    });
    ({ key, tenantId } = await api.newTenant());
  });
  afterAll(() => api.stop());

  const accept = (email: string) => api.call('post', '/onboardings', key).send({ email, name: 'Ada' });
  const onboard = async (email: string) => {
    const { body, headers } = await accept(email);
    return { id: String(body.id), etag: headers.etag ?? '' };
  };
  const correct = (id: string, email: string) => api.call('post', `/onboardings/${id}/email`, key).send({ email });

  it('sends the command without the address, which is stored under the command’s id', async () => {
    const { id, etag } = await onboard('typo@example.com');
    const { status, body } = await correct(id, 'x@bücher.example').set('If-Match', etag).then(expectContract);
    expect([status, body.state]).toEqual([200, 'awaiting_verification']);
    const command = sent.at(-1)!;
    expect(command).toMatchObject({ command: 'updateOnboardingEmail', onboardingId: id });
    expect(JSON.stringify(command)).not.toContain('@');
    const kept = await api.database.models.commandPayloads.findById(command.commandId).lean();
    expect(kept?.payload).toEqual({ email: 'x@xn--bcher-kva.example' });
  });

  it('is refused for an old version, and names the onboarding that holds the address', async () => {
    const [{ id }, holder] = [await onboard('wrong@example.com'), await onboard('held@example.com')];
    const stale = await correct(id, 'right@example.com').set('If-Match', '"99"').then(expectContract);
    expect(stale.body).toMatchObject({ status: 412, code: 'VERSION_MISMATCH' });
    refusal = new DomainError('EMAIL_TAKEN', 'The address belongs to another user. Use another address.');
    const taken = await correct(id, 'held@example.com').then(expectContract);
    expect(taken.body).toMatchObject({ status: 409, code: 'ONBOARDING_OPEN', conflictsWith: holder.id });
  });

  it('is refused while the index refuses an address that nobody holds, until an operator has freed it', async () => {
    const { id } = await onboard('before@example.com');
    const { heldAddresses, stuckItems } = api.database.models;
    // No user of the tenant has the claim, as when the index has lost touch with its documents.
    const blocked = { _id: newId('user'), tenantId, emailKey: 'blocked@example.com' };
    await heldAddresses.insertMany([blocked]);
    const acceptWith = () => accept('blocked@example.com').set('Idempotency-Key', 'blocked');
    const answers = [await acceptWith(), await correct(id, 'blocked@example.com')].map(expectContract);
    for (const { body } of answers) expect(body).toMatchObject({ status: 409, code: 'EMAIL_UNAVAILABLE' });
    expect(await stuckItems.find({ kind: 'address_blocked' }).lean()).toMatchObject([
      { tenantId, entityType: 'user', entityId: 'unknown', state: 'open', subject: expect.not.stringContaining('@') },
    ]);
    await heldAddresses.deleteOne({ _id: blocked._id });
    expect((await acceptWith()).status).toBe(202);
  });
});
