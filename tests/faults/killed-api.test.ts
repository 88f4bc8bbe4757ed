import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import {
  commandUntilAnswered,
  newAddress,
  newestToken,
  onboardUntilAccepted,
  postOnboarding,
  timelineOf,
  untilState,
} from '../../src/testing/worlds/onboard';
import { connectTemporal } from '../../src/temporal/connect-temporal';
import { createRunningWorkflows } from '../../src/temporal/running-workflows';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

let platform: Platform;
let app: PartnerApp;

beforeAll(async () => {
  platform = await startPlatform({ name: 'killed-api' });
  ({ app } = await enrolPartner(platform));
});
afterAll(() => platform?.stop());

/** Each kill is the start of another process. */
const KILLS = casesOf({ short: 8, long: 20 });

it(`${KILLS} kills between commit and start leave no onboarding without its workflow`, async () => {
  const [api] = platform.apis;
  const requests = Array.from({ length: KILLS }, () => ({ email: newAddress(), key: randomUUID() }));
  for (const [kill, request] of requests.entries()) {
    // Half of the rounds freeze Temporal, so that only the commit is certain; the others kill the api at some moment of
    // the request.
    const frozen = kill % 2 === 0;
    if (frozen) platform.servers.temporal.pause();
    const answer = (frozen ? onboardUntilAccepted(app, request) : postOnboarding(app, request)).catch(() => null);
    if (frozen) expect(await answer).toMatchObject({ state: 'accepted' });
    else await setTimeout(kill * (20 / KILLS));
    await api!.kill();
    if (frozen) platform.servers.temporal.resume();
    await answer;
    await api!.start();
  }
  // The transaction of a killed process locks its documents for up to a minute; requests get 503 meanwhile and are
  // repeated.
  const answers = await Promise.all(
    requests.map((request) =>
      waitFor(
        async () => {
          const { status, body } = await postOnboarding(app, request);
          if (status === 503) throw new Error(JSON.stringify(body));
          return { status, body };
        },
        { what: 'an answer', everyMs: 500 },
      ),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 202));
  const ids = answers.map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(KILLS);
  for (const id of ids) await untilState(app, id, 'awaiting_verification');
  const list = await app.get<{ items: unknown[] }>('/onboardings?limit=100');
  expect(list.body.items).toHaveLength(KILLS);

  const client = connectTemporal({
    address: platform.servers.temporal.address,
    namespace: 'default',
    tls: false,
    apiKey: undefined,
  });
  const running = await waitFor(
    async () => {
      const found: string[] = [];
      const selection = { status: 'running', workflowTypes: ['userOnboarding'] } as const;
      for await (const { workflowId } of createRunningWorkflows(client).list(selection)) found.push(workflowId);
      return found.length >= KILLS && found;
    },
    { what: 'every workflow to be visible' },
  );
  expect([...running].sort()).toEqual(ids.map((id) => `userOnboarding/${id}`).sort());
  for (const id of ids) expect((await timelineOf(app, id)).filter((type) => type === 'started')).toHaveLength(1);
  await client.connection.close();
});

it('applies a command once and returns the same when the api dies before its response', async () => {
  const [api] = platform.apis;
  for (const delayMs of casesOf({ short: [0, 20], long: [0, 5, 20, 60] })) {
    const email = newAddress();
    const body = await onboardUntilAccepted(app, { email });
    const token = await newestToken({ webUrl: platform.servers.mail.webUrl, to: email });
    const key = randomUUID();
    const lost = app.post(`/onboardings/${body.id}/verification`, { key, body: { token } }).catch(() => null);
    await setTimeout(delayMs);
    await api!.kill();
    await lost;
    await api!.start();
    const first = await commandUntilAnswered(app, `/onboardings/${body.id}/verification`, { token }, key);
    const second = await commandUntilAnswered(app, `/onboardings/${body.id}/verification`, { token }, key);
    expect(first).toMatchObject({ status: 200, body: { id: body.id, state: 'awaiting_profile' } });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect((await timelineOf(app, body.id)).filter((type) => type === 'verified')).toHaveLength(1);
  }
});

it('finishes a batch of listings under its key when the api dies half-way', async () => {
  const [api] = platform.apis;
  const category = { names: { en: 'Cars', de: 'Autos' } };
  expect((await app.put('/listing-categories/cars', { body: category })).status).toBe(201);
  interface Answer {
    items: { index: number; outcome: string; id?: string; problem?: { errors: { pointer: string }[] } }[];
    counts: object;
  }
  /** Kills the api in the middle of a batch, unless this process had to wait for its turn until the batch was done. */
  const killedIn = async (batch: number) => {
    const items = Array.from({ length: 1000 }, (_, index) => ({
      ref: `car-${batch}-${index}`,
      title: `Golf ${index}`,
      description: 'Well kept, always in the garage.',
      // 37 of them name a category that there is not.
      category: index % 27 === 0 && index < 999 ? 'boats' : 'cars',
    }));
    const request = { key: randomUUID(), body: { mode: 'create', items }, timeoutMs: 60_000 };
    const lost = app.post('/listings/bulk', request).catch(() => null);
    const second = `/listings?ref=${items[1]!.ref}`;
    await waitFor(async () => (await app.get<{ items: unknown[] }>(second)).body.items.length > 0, {
      what: 'the first listings',
      everyMs: 5,
    });
    await api!.kill();
    const wasHalfWay = (await lost) === null;
    await api!.start();
    const { body } = await waitFor(
      async () => {
        const answer = await app.post<Answer>('/listings/bulk', request);
        return answer.status === 200 && answer;
      },
      { what: 'the batch to be finished', everyMs: 500 },
    );
    return { items, request, wasHalfWay, body };
  };
  let batches = 1;
  let killed = await killedIn(batches);
  while (!killed.wasHalfWay && batches < 5) killed = await killedIn((batches += 1));
  const { items, request, body } = killed;
  const bad = items.flatMap(({ category: slug }, index) => (slug === 'boats' ? [index] : []));
  expect(bad).toHaveLength(37);
  expect(body.counts).toEqual({ created: 963, updated: 0, unchanged: 0, refused: 37 });
  const refused = body.items.filter(({ outcome }) => outcome === 'refused');
  expect(refused.map(({ index, problem }) => [index, problem?.errors[0]?.pointer])).toEqual(
    bad.map((index) => [index, '/category']),
  );
  expect(new Set(body.items.flatMap(({ id }) => id ?? [])).size).toBe(963);
  expect(killed.wasHalfWay).toBe(true);
  const listed: string[] = [];
  for (let cursor = ''; ;) {
    const page = await app.get<{ items: { id: string }[]; next: string | null }>(`/listings?limit=100${cursor}`);
    listed.push(...page.body.items.map(({ id }) => id));
    if (page.body.next === null) break;
    cursor = `&cursor=${encodeURIComponent(page.body.next)}`;
  }
  expect(listed).toHaveLength(963 * batches);
  expect((await app.post('/listings/bulk', request)).headers.get('idempotent-replayed')).toBe('true');
});
