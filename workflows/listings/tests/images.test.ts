import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { freePort } from '../../../scripts/embedded/ports';
import { decodeHistory } from '../../../src/testing/histories/decode-history';
import type { KeptHistory } from '../../../src/testing/replay/replay-histories';
import { closeEgressServers, listen, openDns, serve } from '../../../src/testing/servers/egress/egress-servers';
import { innerUrls } from '../../../src/testing/servers/egress/inner-urls';
import { openReviewWorld, type ReviewWorld } from './review-world';

const gif = Buffer.from('474946383961010001008000000000000000', 'hex');
const worlds: ReviewWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
  await closeEgressServers();
});

async function openWorld(input: Parameters<typeof openReviewWorld>[0]): Promise<ReviewWorld> {
  const world = await openReviewWorld({ imageWaitsMs: [1, 1], ...input });
  worlds.push(world);
  return world;
}

/** Submits a listing with the images where nothing else wants a person, and waits for the end of its checks. */
async function review(world: ReviewWorld, urls: readonly string[]) {
  const images = urls.map((url) => ({ url, alt: null }));
  const { reviewId } = await world.submitted({ policy: 'flagged', content: { images } });
  await world.untilChecked(reviewId);
  const { state, findings } = await world.readReview(reviewId);
  const history = JSON.parse(historyToJSON(await world.handle(reviewId).fetchHistory())) as KeptHistory;
  // The texts of these listings are alike.
  const found = findings.filter(({ rule }) => rule.startsWith('image_')).map(({ rule, pointer }) => [rule, pointer]);
  return { state, history: JSON.stringify(decodeHistory(history)), found };
}

it('calls each image of a revision, and wants a person where one is none', async () => {
  const calls: string[] = [];
  const answers: Record<string, RequestListener> = {
    '/a': (_request, response) => response.end(gif),
    '/b': (_request, response) => response.end('<!doctype html>'),
    '/c': (_request, response) => response.writeHead(404).end(gif),
    '/d': (_request, response) => response.writeHead(302, { location: '/a' }).end(),
  };
  const port = await serve((request, response) => {
    calls.push(request.url ?? '');
    answers[request.url ?? '']?.(request, response);
  });
  const world = await openWorld({});
  const urls = ['/a', '/b', '/c', '/d', '/a'].map((path) => `http://127.0.0.1:${port}${path}`);
  const { state, found, history } = await review(world, urls);
  expect(state).toBe('queued');
  expect(found).toEqual([
    ['image_invalid', '/images/1/url'],
    ['image_invalid', '/images/2/url'],
  ]);
  expect(calls.toSorted()).toEqual(['/a', '/a', '/b', '/c', '/d']);
  expect(history).toContain('runAutomatedChecks');
  // Five digits alone may be part of a time or an id.
  expect(history).not.toMatch(new RegExp(`http:|127\\.0|:${port}`));
});

it('is held up by no host that is away: three tries, a remark, and no person', async () => {
  let [calls, lateCalls] = [0, 0];
  const port = await serve(({ url }, response) => {
    if (url === '/late') response.writeHead((lateCalls += 1) < 3 ? 503 : 200).end(gif);
    else response.writeHead((calls += 1) > 0 ? 503 : 200).end();
  });
  const world = await openWorld({});
  const away = [
    `http://localhost:${port}/away`,
    `http://127.0.0.1:${port}/late`,
    `http://127.0.0.1:${await freePort()}/1`,
  ];
  const { state, found } = await review(world, away);
  expect(state).toBe('approved');
  expect(found).toEqual([
    ['image_unavailable', '/images/0/url'],
    ['image_unavailable', '/images/2/url'],
  ]);
  expect([calls, lateCalls]).toEqual([3, 3]);
});

describe('a connection', () => {
  /** Every connection of the platform goes through a proxy, which counts them and leads them all to one server. */
  const openWatched = async (addressesOf: (name: string) => readonly string[]) => {
    const tunnels: string[] = [];
    const port = await serve((_request, response) => response.end(gif));
    const proxy = createServer().on('connect', ({ url }, socket) => {
      tunnels.push(url ?? '');
      const onward = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      onward.on('error', () => socket.destroy()).pipe(socket);
      socket.on('error', () => onward.destroy()).pipe(onward);
    });
    const dns = await openDns(addressesOf);
    const egress = {
      policy: { local: 'sandbox', ownPorts: [], allow: [] },
      dnsServers: [dns.address],
      proxyUrl: `http://127.0.0.1:${await listen(proxy)}`,
    } as const;
    return { tunnels, world: await openWorld({ mode: 'live', egress }) };
  };

  it('is made for no inner address, however it is written, and by no name', async () => {
    const bad = ['10.0.0.1', '127.0.0.1', '169.254.169.254', '::1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1'];
    const { tunnels, world } = await openWatched((name) => {
      const address = bad[Number(/^\d+/.exec(name)?.[0])];
      if (address === undefined) return ['93.184.216.34'];
      return name.includes('mixed') ? ['93.184.216.34', address] : [address];
    });
    const names = bad.flatMap((_, index) => [`http://${index}.example/`, `http://${index}.mixed.example/`]);
    const urls = [...innerUrls.map((url) => url.replace('{port}', '8080')), ...names];
    for (let from = 0; from < urls.length; from += 20) {
      const { state, found } = await review(world, urls.slice(from, from + 20));
      expect(state).toBe('queued');
      expect(found).toEqual(
        urls.slice(from, from + 20).map((_url, index) => ['image_refused', `/images/${index}/url`]),
      );
    }
    expect(tunnels).toEqual([]);

    expect(await review(world, ['http://public.example/'])).toMatchObject({ state: 'approved', found: [] });
    expect(tunnels).toEqual(['93.184.216.34:80']);
  });

  it('is made by the address that the name has then, not by the one when the listing was stored', async () => {
    let address = '93.184.216.34';
    const { tunnels, world } = await openWatched(() => [address]);
    expect((await review(world, ['http://shop.example/'])).found).toEqual([]);
    address = '169.254.169.254';
    expect((await review(world, ['http://shop.example/'])).found).toEqual([['image_refused', '/images/0/url']]);
    expect(tunnels).toEqual(['93.184.216.34:80']);
  });
});
