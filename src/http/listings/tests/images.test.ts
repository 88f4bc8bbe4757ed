import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { cars, golf } from '../../../testing/contract/seed-listing';
import { expectContract } from '../../../testing/expect-contract';
import { innerUrls, loopbackUrls } from '../../../testing/servers/egress/inner-urls';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const OWN_PORT = 27_017;
let api: TestApi;
let canary: Server;
let connections = 0;
beforeAll(async () => {
  canary = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '::');
  await once(canary, 'listening');
  api = await startTestApi({
    limits: { requestsPerMinute: 1_000_000, maxBodyBytes: 65_536 },
    egressPolicy: { local: 'sandbox', ownPorts: [OWN_PORT], allow: [] },
  });
});
afterAll(async () => {
  canary.close();
  await api.stop();
});

async function openMarket(mode: 'live' | 'sandbox') {
  const { key, tenantId } = await api.newTenant({ mode });
  expectContract(await api.call('put', '/listing-categories/cars', key).send(cars));
  const call = async (method: 'post' | 'patch', path: string, images: object[]) =>
    expectContract(await api.call(method, path, key).send({ ...golf, images }));
  return {
    tenantId,
    create: (images: object[]) => call('post', '/listings', images),
    patch: (id: string, images: object[]) => call('patch', `/listings/${id}`, images),
    check: (images: object[]) => call('post', '/listings/check', images),
    /** Sends one listing for each list of images. */
    bulk: async (mode: 'create' | 'upsert', lists: readonly object[][]) => {
      const items = lists.map((images, index) => ({ ...golf, ref: `car-${index}`, images }));
      const idempotencyKey = randomUUID();
      const sent = api.call('post', '/listings/bulk', key).set('Idempotency-Key', idempotencyKey);
      return expectContract(await sent.send({ mode, items }));
    },
    read: async (id: string) => expectContract(await api.call('get', `/listings/${id}`, key)),
  };
}
type Market = Awaited<ReturnType<typeof openMarket>>;
type Listed = Awaited<ReturnType<Market['create']>>;

const image = { url: 'https://images.example/1.jpg', alt: 'The car' };

it('keeps images in their order, and each change of them is a revision', async () => {
  const { create, patch, read } = await openMarket('live');
  const { status, body } = await create([image, { url: 'http://images.example:8080/2' }]);
  expect([status, body.draft.images]).toEqual([201, [image, { url: 'http://images.example:8080/2', alt: null }]]);
  expect((await patch(body.id, [image])).body).toMatchObject({ revision: 2, draft: { images: [image] } });
  expect((await patch(body.id, [image])).body.revision).toBe(2);
  expect((await read(body.id)).body.draft.images).toEqual([image]);
});

describe('a URL that the platform must not call', () => {
  const expectRefused = ({ status, body }: Pick<Listed, 'status' | 'body'>, url: string) => {
    expect([url, status, body.code]).toEqual([url, 422, 'IMAGE_URL_NOT_ALLOWED']);
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/images/1/url' })]);
    expect(body.detail).toMatch(/^The URL must /);
  };
  const stored = async ({ tenantId }: Market) => {
    const { listings, listingRevisions, events } = api.database.models;
    return Promise.all([
      listings.countDocuments({ tenantId }),
      listingRevisions.countDocuments({ tenantId }),
      events.countDocuments({ tenantId }),
    ]);
  };

  it.each<[string, 'live' | 'sandbox', readonly string[], number | null]>([
    ['inner addresses', 'live', innerUrls, null],
    ["the platform's own ports", 'sandbox', loopbackUrls, OWN_PORT],
    ['inner addresses', 'sandbox', innerUrls.filter((url) => !loopbackUrls.some((other) => other === url)), null],
  ])('is refused on create, change, check and bulk: %s, %s', async (_what, mode, urls, fixedPort) => {
    const market = await openMarket(mode);
    const { body: before } = await market.create([image]);
    const documents = await stored(market);
    const port = fixedPort ?? (canary.address() as AddressInfo).port;
    for (const template of urls) {
      const url = template.replace('{port}', String(port));
      expectRefused(await market.create([image, { url }]), url);
      expectRefused(await market.patch(before.id, [image, { url }]), url);
      expectRefused(await market.check([image, { url }]), url);
    }
    const lists = urls.map((template) => [image, { url: template.replace('{port}', String(port)) }]);
    for (const mode of ['create', 'upsert'] as const) {
      const { status, body } = await market.bulk(mode, lists);
      expect([status, body.counts.refused]).toEqual([200, urls.length]);
      for (const [index, { problem }] of body.items.entries())
        expectRefused({ status: 422, body: problem }, urls[index]!);
    }
    expect(await stored(market)).toEqual(documents);
    expect((await market.read(before.id)).body).toEqual(before);
    expect(connections).toBe(0);
  });

  it.each(['ftp://images.example/1', 'https://a:b@images.example/', 'https://images.example:22/', 'image.jpg'])(
    'is refused by its form, with what to do: %s',
    async (url) => {
      const { create } = await openMarket('live');
      expectRefused(await create([image, { url }]), url);
    },
  );
});

it("may be at this machine's own addresses in a sandbox where whoever runs the platform says so", async () => {
  const { create } = await openMarket('sandbox');
  expect((await create([{ url: 'http://localhost:8080/1' }])).status).toBe(201);
});
