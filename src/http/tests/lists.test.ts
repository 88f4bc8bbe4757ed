import { expectContract } from '../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../testing/test-api';

describe('lists and versions', () => {
  let api: TestApi;
  let key: string;
  const ids: string[] = [];

  beforeAll(async () => {
    api = await startTestApi();
    ({ key } = await api.newTenant());
    for (let number = 0; number < 7; number += 1) {
      const { body } = await api
        .call('post', '/onboardings', key)
        .send({ email: `u${number}@example.com`, name: `User ${number}`, requiresApproval: number === 3 });
      ids.unshift(body.id);
    }
  });
  afterAll(() => api.stop());
  const get = (path: string, headers: Record<string, string> = {}) =>
    api.call('get', path, key).set(headers).then(expectContract);

  it('pages through everything once, newest first, while items are added', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages === 0 || cursor; pages += 1) {
      const { body } = await get(`/onboardings?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next;
      if (pages === 0) await api.call('post', '/onboardings', key).send({ email: 'late@example.com', name: 'Late' });
    }
    expect(seen).toEqual(ids);
  });

  it('filters by state, address, user and time', async () => {
    const {
      body: {
        items: [one],
      },
    } = await get('/onboardings?email=U3@EXAMPLE.com');
    expect(one).toMatchObject({
      email: 'u3@example.com',
      requiresApproval: true,
      steps: expect.arrayContaining([expect.objectContaining({ name: 'approval', state: 'pending' })]),
    });
    expect((await get(`/onboardings?userId=${one.userId}`)).body.items).toHaveLength(1);
    expect((await get('/onboardings?state=completed')).body.items).toEqual([]);
    expect((await get(`/onboardings?createdAfter=${one.createdAt}&createdBefore=${one.createdAt}`)).body.items).toEqual(
      [],
    );
    expect((await get(`/onboardings?createdAfter=${one.createdAt}`)).body.items.length).toBeGreaterThan(3);
    expect((await get('/users?status=pending&email=u3@example.com')).body.items).toMatchObject([
      { id: one.userId, state: 'pending', status: 'pending' },
    ]);
  });

  it('rejects cursors that are forged, altered, or from another list', async () => {
    const {
      body: { next },
    } = await get('/onboardings?limit=1');
    for (const path of [
      `/onboardings?cursor=${next}x`,
      `/onboardings?cursor=${next.startsWith('A') ? 'B' : 'A'}${next.slice(1)}`,
      `/onboardings?state=accepted&cursor=${next}`,
      `/users?cursor=${next}`,
    ]) {
      expect((await get(path)).body).toMatchObject({
        status: 400,
        code: 'INVALID_PARAMETER',
        errors: [{ parameter: 'cursor' }],
      });
    }
  });

  it('responds 304 to a caller who holds the version', async () => {
    const path = `/onboardings/${ids[0]}`;
    const {
      headers: { etag },
    } = await get(path);
    expect(etag).toBe('"1"');
    for (const held of ['"1"', 'W/"1"', '"0", "1"', '*']) {
      const answer = await get(path, { 'If-None-Match': held });
      expect([answer.status, answer.text, answer.headers.etag]).toEqual([304, '', '"1"']);
    }
    expect((await get(path, { 'If-None-Match': '"2"' })).status).toBe(200);
  });

  describe('Prefer: wait', () => {
    it('waits until the onboarding has settled, and confirms the preference', async () => {
      const settling = api
        .call('post', '/onboardings', key)
        .set('Prefer', 'respond-async, wait=25')
        .send({ email: 'wait@example.com', name: 'W' })
        .then(expectContract);
      while (
        (
          await api.database.models.onboardings.updateOne(
            { email: 'wait@example.com' },
            { $set: { state: 'awaiting_verification' }, $inc: { version: 1 } },
          )
        ).modifiedCount === 0
      );
      const answer = await settling;
      expect(answer.body.state).toBe('awaiting_verification');
      expect(answer.headers).toMatchObject({ 'preference-applied': 'wait=25', etag: '"2"' });
    });

    it('responds after N seconds with the current state', async () => {
      const began = Date.now();
      const answer = await get(`/onboardings/${ids[0]}`, { Prefer: 'wait=1' });
      expect([answer.status, answer.body.state]).toEqual([200, 'accepted']);
      expect(Date.now() - began).toBeGreaterThan(900);
      // Much less than the 30 s of the longest wait.
      expect(Date.now() - began).toBeLessThan(15_000);
    });
  });
});
