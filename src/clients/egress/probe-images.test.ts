import type { RequestListener } from 'node:http';
import { closeEgressServers, serve } from '../../testing/servers/egress/egress-servers';
import { createEgressClient, type EgressClient } from './egress-client';
import { EgressUnavailable } from './egress-errors';
import { createProbeImages } from './probe-images';

const gif = Buffer.from('474946383961010001008000000000000000', 'hex');
const going = () => new AbortController().signal;

/** A client whose answers the test decides, by the URL and the number of its call. */
function openClient(
  statusOf: (url: string, call: number) => number | 'away',
  pending: () => Promise<void> = async () => {},
) {
  const calls: string[] = [];
  let [running, most] = [0, 0];
  const egress: EgressClient = {
    async call({ url }) {
      calls.push(url);
      most = Math.max(most, (running += 1));
      await pending();
      running -= 1;
      const status = statusOf(url, calls.filter((each) => each === url).length);
      if (status === 'away') throw new EgressUnavailable('connection');
      return { status, headers: {}, body: gif, isCut: false };
    },
  };
  return { egress, calls, most: () => most };
}
const urlsOf = (count: number, host = (index: number) => `h${index}.example`) =>
  Array.from({ length: count }, (_, index) => `https://${host(index)}/${index}`);

it('calls an image again only where its host was away, three times at most', async () => {
  const { egress, calls } = openClient((url, call) =>
    url.endsWith('0') ? 200 : url.endsWith('1') && call > 1 ? 200 : 'away',
  );
  const urls = urlsOf(3);
  const probes = await createProbeImages({ egress, waitsMs: [1, 1] })({
    tenantId: 'prt_1:live',
    urls,
    signal: going(),
  });
  expect([...probes.values()]).toEqual(['image', 'image', 'unavailable']);
  expect(urls.map((url) => calls.filter((each) => each === url).length)).toEqual([1, 2, 3]);
});

it('calls ten images at a time, each URL once, and a host that is away no further', async () => {
  const { egress, calls, most } = openClient(
    () => 200,
    () => new Promise(setImmediate),
  );
  const probe = createProbeImages({ egress, waitsMs: [] });
  const urls = urlsOf(20);
  await probe({ tenantId: 'prt_1:live', urls: [...urls, ...urls], signal: going() });
  expect([most(), calls.length]).toEqual([10, 20]);

  const away = openClient(() => 'away');
  const probes = await createProbeImages({ egress: away.egress, waitsMs: [] })({
    tenantId: 'prt_1:live',
    urls: urlsOf(20, () => 'shop.example'),
    signal: going(),
  });
  expect(new Set(probes.values())).toEqual(new Set(['unavailable']));
  expect(away.calls).toHaveLength(10);
});

it.each([
  [200, 'image'],
  [204, 'invalid'],
  [302, 'invalid'],
  [404, 'invalid'],
  [408, 'unavailable'],
  [429, 'unavailable'],
  [500, 'unavailable'],
  [503, 'unavailable'],
])('takes a response with status %d for %s', async (status, expected) => {
  const { egress } = openClient(() => status);
  const probes = await createProbeImages({ egress, waitsMs: [] })({
    tenantId: 'prt_1:live',
    urls: urlsOf(1),
    signal: going(),
  });
  expect([...probes.values()]).toEqual([expected]);
});

describe('a host that stalls', () => {
  afterEach(closeEgressServers);
  const probeOne = async (listener: RequestListener) => {
    const port = await serve(listener);
    const egress = createEgressClient({
      policy: { local: 'sandbox', ownPorts: [], allow: [] },
      dnsServers: [],
      proxyUrl: null,
    });
    const url = `http://127.0.0.1:${port}/1`;
    const probe = createProbeImages({ egress, waitsMs: [] });
    return (await probe({ tenantId: 'prt_1:sandbox', urls: [url], signal: going() })).get(url);
  };

  it.each<[string, RequestListener, string]>([
    ['the head of an image', (_request, response) => void response.write(gif), 'image'],
    [
      'an image byte by byte',
      (_request, response) => gif.forEach((_, at) => response.write(gif.subarray(at, at + 1))),
      'image',
    ],
    ['the status of no image', (_request, response) => response.writeHead(404).flushHeaders(), 'invalid'],
    [
      'a redirect',
      ({ url }, response) =>
        url === '/1' ? response.writeHead(302, { location: '/2' }).flushHeaders() : void response.write(gif),
      'image',
    ],
  ])('after %s is judged by what came', async (_sent, listener, expected) => {
    expect(await probeOne(listener)).toBe(expected);
  });
});

it('takes a URL for unavailable whose call fails in a way that nobody foresaw', async () => {
  let calls = 0;
  const egress: EgressClient = {
    async call() {
      calls += 1;
      throw new RangeError('bad port');
    },
  };
  const probe = createProbeImages({ egress, waitsMs: [1, 1] });
  const probes = await probe({ tenantId: 'prt_1:live', urls: urlsOf(1), signal: going() });
  expect([[...probes.values()], calls]).toEqual([['unavailable'], 3]);
});

it('ends in a wait and before a call when its worker stops', async () => {
  const stop = new AbortController();
  const { egress, calls } = openClient(() => 'away');
  const probe = createProbeImages({ egress, waitsMs: [600_000] });
  const probing = probe({ tenantId: 'prt_1:live', urls: urlsOf(1), signal: stop.signal });
  while (calls.length === 0) await new Promise(setImmediate);
  stop.abort(new Error('stopped'));
  await expect(probing).rejects.toThrow();
  await expect(probe({ tenantId: 'prt_1:live', urls: urlsOf(1), signal: stop.signal })).rejects.toThrow('stopped');
  expect(calls).toHaveLength(1);
});
