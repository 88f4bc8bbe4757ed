import request from 'supertest';
import { signVerificationToken } from '../../../contracts/users/verification-token';
import { DomainError } from '../../../domain/domain-error';
import type { Onboarding } from '../../../models/users/onboarding';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, TOKEN_SECRET, type TestApi } from '../../../testing/test-api';
import type { SendOnboardingCommandInput } from '../../../temporal/commands/users/onboarding-commands';

describe('the verification page', () => {
  let api: TestApi;
  let key: string;
  let onboardingId: string;
  let refusal: Error | null;
  const sent: SendOnboardingCommandInput[] = [];
  let number = 0;

  beforeAll(async () => {
    api = await startTestApi({
      sendOnboardingCommand: async (input) => {
        sent.push(input);
        if (refusal) throw refusal;
        return { state: 'awaiting_profile', at: '2026-11-21T09:00:00.000Z' };
      },
    });
    ({ key } = await api.newTenant());
  });
  beforeEach(async () => {
    sent.length = 0;
    refusal = null;
    const { body } = await api
      .call('post', '/onboardings', key)
      .send({ email: `v${++number}@example.com`, name: 'V', locale: 'en' });
    onboardingId = body.id;
    await is({
      state: 'awaiting_verification',
      verification: {
        generation: 2,
        expiresAt: new Date(Date.now() + 60_000),
        resentAt: [],
        correctedAt: [],
        verifiedAt: null,
        mail: null,
      },
    });
  });
  afterAll(() => api.stop());

  const is = (change: Partial<Onboarding>) =>
    api.database.models.onboardings.updateOne({ _id: onboardingId }, { $set: change });
  const expired = {
    generation: 2,
    expiresAt: new Date(0),
    resentAt: [],
    correctedAt: [],
    verifiedAt: null,
    mail: null,
  };
  const tokenOf = (generation = 2, secret = TOKEN_SECRET) =>
    signVerificationToken({ secret, onboardingId, generation });
  const page = (method: 'get' | 'post', token: string, path = '') =>
    request(api.origin)[method](`/api/v1/verify/${token}${path}`).then(expectContract);

  it('shows one button for a valid link, and opening the page changes nothing', async () => {
    const before = await api.database.models.onboardings.findOne({ _id: onboardingId }).lean();
    const answer = await page('get', tokenOf());
    expect(answer.status).toBe(200);
    expect(answer.text.match(/<button/g)).toHaveLength(1);
    expect(answer.text).toContain(`action="/api/v1/verify/${tokenOf()}"`);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'content-language': 'en',
      'content-security-policy': expect.stringMatching(/default-src 'none'.*style-src 'self'/),
    });
    expect(answer.text).not.toMatch(/<script|style=|<style/);
    expect(sent).toEqual([]);
    expect(await api.database.models.onboardings.findOne({ _id: onboardingId }).lean()).toEqual(before);
  });

  it('verifies for the recipient with one command, however often the button is pressed', async () => {
    expect((await page('post', tokenOf())).text).toContain('Your address is confirmed');
    await page('post', tokenOf());
    expect(sent[0]).toMatchObject({
      command: 'verifyEmail',
      onboardingId,
      generation: 2,
      by: { kind: 'recipient', id: null },
    });
    expect(new Set(sent.map(({ commandId }) => commandId)).size).toBe(1);
  });

  it.each([
    ['verified', 200, { state: 'awaiting_profile' }, 2],
    ['completed', 200, { state: 'completed' }, 2],
    ['cancelled', 410, { state: 'cancelled' }, 2],
    ['expired', 410, { verification: expired }, 2],
    ['superseded', 410, {}, 1],
    ['of a future', 404, {}, 3],
  ] as [string, number, Partial<Onboarding>, number][])(
    'shows the state of a link that is %s, without acting',
    async (_what, status, change, generation) => {
      await is(change);
      expect((await page('get', tokenOf(generation))).status).toBe(status);
      expect((await page('post', tokenOf(generation))).status).toBe(status);
      expect(sent).toEqual([]);
    },
  );

  it('rejects forged links, and shows nothing of their content', async () => {
    const foreign = tokenOf(2, 'another secret');
    for (const token of [
      foreign,
      `${tokenOf()}x`,
      tokenOf().replace('.2.', '.3.'),
      '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
      'x',
      '%ff',
    ]) {
      const answer = await page('get', token);
      expect([answer.status, answer.type]).toEqual([404, 'text/html']);
      expect(answer.text).not.toContain('<script');
    }
  });

  it('offers a new link when the newest has expired, and sends one for all older pages', async () => {
    await is({ verification: expired });
    const answer = await page('get', tokenOf());
    expect(answer.text).toContain(`action="/api/v1/verify/${tokenOf()}/resend"`);
    expect((await page('post', tokenOf(), '/resend')).text).toContain('on its way');
    await page('post', tokenOf(1), '/resend');
    expect(sent.map(({ command }) => command)).toEqual(['resendVerification', 'resendVerification']);
    expect(new Set(sent.map(({ commandId }) => commandId)).size).toBe(1);
    refusal = new DomainError('RESEND_LIMIT', 'five a day');
    expect((await page('post', tokenOf(), '/resend')).status).toBe(429);
  });

  it("is in the person's language", async () => {
    await api.database.models.users.updateOne({ onboardingId }, { $set: { locale: 'de-AT' } });
    const { text, headers } = await page('get', tokenOf());
    expect([
      text.includes('Adresse bestätigen'),
      text.includes('<html lang="de">'),
      headers['content-language'],
    ]).toEqual([true, true, 'de']);
  });

  it('asks the person to try again while the process does not respond', async () => {
    refusal = new DomainError('OUTCOME_PENDING', 'later');
    const answer = await page('post', tokenOf());
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
    refusal = new Error('boom');
    expect((await page('post', tokenOf())).status).toBe(503);
  });
});
