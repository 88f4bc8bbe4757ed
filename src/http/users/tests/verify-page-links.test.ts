import request from 'supertest';
import { signVerificationToken } from '../../../contracts/users/verification-token';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, TOKEN_SECRET, type TestApi } from '../../../testing/test-api';

describe('a verification link in a mail', () => {
  let api: TestApi;
  let key: string;
  let partnerId: string;
  let number = 0;

  beforeAll(async () => {
    api = await startTestApi();
    ({ key, partnerId } = await api.newTenant());
  });
  afterAll(() => api.stop());

  const page = (method: 'get' | 'post', path: string) =>
    request(api.origin)[method](`/api/v1/verify/${path}`).then(expectContract);
  const newLink = async (locale: string): Promise<string> => {
    const person = { email: `l${++number}@example.com`, name: 'L', locale };
    const { body } = await api.call('post', '/onboardings', key).send(person);
    const verification = {
      generation: 1,
      expiresAt: new Date(Date.now() + 60_000),
      resentAt: [],
      correctedAt: [],
      verifiedAt: null,
      mail: null,
    };
    await api.database.models.onboardings.updateOne(
      { _id: body.id },
      { $set: { state: 'awaiting_verification', verification } },
    );
    return signVerificationToken({ secret: TOKEN_SECRET, onboardingId: body.id, generation: 1 });
  };

  it('works with parameters that a tracker added', async () => {
    const token = await newLink('en');
    for (const query of ['?utm_source=x', '?utm_source=x&utm_source=y', '?x=%FF']) {
      expect((await page('get', token + query)).status).toBe(200);
      expect((await page('post', token + query)).text).toContain('Your address is confirmed');
    }
  });

  it('says that trying again does not help when a request can never succeed', async () => {
    const answer = await request(api.origin).put(`/api/v1/verify/${await newLink('en')}`);
    expect([answer.status, answer.type]).toEqual([405, 'text/html']);
    expect(answer.text).toContain('Trying again will not help');
  });

  it("falls back from the person's language to the partner's, then to English", async () => {
    const token = await newLink('fr-FR');
    expect((await page('get', token)).headers['content-language']).toBe('de');
    await api.database.models.partners.updateOne({ _id: partnerId }, { $set: { locale: 'it-IT' } });
    expect((await page('get', token)).headers['content-language']).toBe('en');
  });
});
