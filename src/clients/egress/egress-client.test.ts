import { freePort } from '../../../scripts/embedded/ports';
import { createServer as createTcpServer } from 'node:net';
import type { RequestListener } from 'node:http';
import {
  closeEgressServers,
  listen,
  openClient,
  openDns,
  serve,
  settled,
} from '../../testing/servers/egress/egress-servers';

afterEach(closeEgressServers);

const refused = (rule: string) => expect.objectContaining({ name: 'EgressRefused', rule });
const unavailable = (reason: string) => expect.objectContaining({ name: 'EgressUnavailable', reason });

describe('a call', () => {
  it('goes to an address of the name, with the name in the request', async () => {
    const port = await serve(({ method, url, headers }, response) =>
      response.end(JSON.stringify({ method, url, host: headers.host, encoding: headers['accept-encoding'] })),
    );
    const dns = await openDns(() => ['127.0.0.1']);
    const { status, body, isCut } = await openClient({ dnsServers: [dns.address] })(
      `http://shop.example:${port}/a%20b?c=d#e`,
    );
    expect({ status, isCut, ...JSON.parse(body.toString()) }).toEqual({
      status: 200,
      isCut: false,
      method: 'GET',
      url: '/a%20b?c=d',
      host: `shop.example:${port}`,
      encoding: 'identity',
    });
  });

  it('sends a method, headers and a body', async () => {
    const port = await serve((request, response) => {
      const head = [request.method, request.headers['webhook-id']].join(' ');
      request.once('data', (part) => response.writeHead(202).end(`${head} ${String(part)}`));
    });
    const answer = await openClient()(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'webhook-id': '7' },
      body: '{"a":1}',
    });
    expect([answer.status, answer.body.toString()]).toEqual([202, 'POST 7 {"a":1}']);
  });

  it('asks no resolver about localhost and addresses', async () => {
    const port = await serve((_request, response) => response.end());
    const dns = await openDns(() => ['10.0.0.1']);
    const call = openClient({ dnsServers: [dns.address] });
    for (const host of ['localhost', 'shop.localhost', '127.0.0.1', '0x7f000001'])
      expect((await call(`http://${host}:${port}/`)).status).toBe(200);
    expect(dns.asked).toEqual([]);
  });

  it('reads no more than it may', async () => {
    let isOver = false;
    const port = await serve((_request, response) => {
      const send = () => response.write(Buffer.alloc(500, 'x'), () => isOver || setImmediate(send));
      response.once('close', () => (isOver = true));
      send();
    });
    const { body, isCut } = await openClient()(`http://127.0.0.1:${port}/`);
    expect([body.length, isCut]).toEqual([1000, true]);
  });

  it.each<[string, RequestListener]>([
    ['no response', () => undefined],
    ['a response without an end', (_request, response) => void response.write('x')],
  ])('ends in time with %s', async (_name, listener) => {
    const port = await serve(listener);
    const answer = settled(openClient()(`http://127.0.0.1:${port}/`, { timeoutMs: 100 }));
    expect(await answer).toEqual(unavailable('timeout'));
  });

  it('ends in time where the name server does not answer', async () => {
    const dns = await openDns(() => null);
    const call = openClient({ dnsServers: [dns.address] });
    expect(await settled(call('https://shop.example/', { timeoutMs: 100 }))).toEqual(unavailable('timeout'));
  });

  it('reports a peer that is away without an address', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    const dns = await openDns((name) => (name === 'none.example' ? [] : ['127.0.0.1']));
    const call = openClient({ dnsServers: [dns.address] });
    const errors = await Promise.all(
      ['https://none.example/', `http://shop.example:${await freePort()}/`, `http://shop.example:${port}/`].map((url) =>
        settled(call(url)),
      ),
    );
    expect(errors).toEqual([unavailable('name'), unavailable('connection'), unavailable('response')]);
    expect(JSON.stringify(errors.map((error) => [error, (error as Error).message]))).not.toContain('127.');
    expect(errors.every((error) => (error as Error).cause === undefined)).toBe(true);
  });
});

describe('the addresses of a name', () => {
  it('are judged at each call: a name that is rebound is refused then', async () => {
    let calls = 0;
    const port = await serve((_request, response) => response.end(String((calls += 1))));
    const answers = [['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254'], ['127.0.0.1']];
    let question = 0;
    const dns = await openDns(() => answers[Math.floor(question++ / 2)]!);
    const call = openClient({ dnsServers: [dns.address] });
    const url = `http://shop.example:${port}/`;
    expect((await call(url)).status).toBe(200);
    expect(await settled(call(url))).toEqual(refused('host'));
    expect(await settled(call(url))).toEqual(refused('host'));
    expect((await call(url)).status).toBe(200);
    expect(calls).toBe(2);
  });

  it.each([[['127.0.0.1', '10.0.0.1']], [['127.0.0.1', 'fd00::1']], [['127.0.0.1', '::ffff:10.0.0.1']]])(
    'refuse the name when one is bad: %s',
    async (addresses) => {
      let calls = 0;
      const port = await serve((_request, response) => response.end(String((calls += 1))));
      const dns = await openDns(() => addresses);
      const error = await settled(openClient({ dnsServers: [dns.address] })(`http://shop.example:${port}/`));
      expect([error, calls]).toEqual([refused('host'), 0]);
      expect((error as Error).message).not.toMatch(/\d{2}\.|fd00/);
    },
  );

  it('are tried in turn where the first does not accept', async () => {
    const port = await serve((_request, response) => response.end());
    const dns = await openDns(() => ['127.0.0.3', '127.0.0.1']);
    const { status } = await openClient({ dnsServers: [dns.address] })(`http://shop.example:${port}/`);
    expect(status).toBe(200);
  });

  it('have a limit for the connection that does not end the response', async () => {
    const port = await serve((_request, response) => setTimeout(() => response.end('late'), 100));
    const dns = await openDns(() => ['127.0.0.1', '127.0.0.3']);
    const call = openClient({ dnsServers: [dns.address], attemptMs: 20 });
    expect((await call(`http://shop.example:${port}/`)).body.toString()).toBe('late');
  });
});

describe('a redirect', () => {
  const openRedirects = async () => {
    const canary = { calls: 0, port: 0 };
    canary.port = await serve((_request, response) => response.end(String((canary.calls += 1))));
    const port = await serve(({ url = '' }, response) => {
      const [, left, to = ''] = /^\/(\d)(.*)$/.exec(url) ?? [];
      const location = Number(left) > 0 ? `/${Number(left) - 1}${to}` : decodeURIComponent(to.slice(1)) || '/end';
      if (left === undefined) response.end('end');
      else response.writeHead(302, { location }).end();
    });
    return { canary, url: (path: string) => `http://127.0.0.1:${port}${path}` };
  };

  it('is an answer unless the caller follows it, and never followed after a POST', async () => {
    const { url } = await openRedirects();
    const call = openClient();
    expect((await call(url('/0'))).status).toBe(302);
    expect((await call(url('/0'), { redirects: 3 })).body.toString()).toBe('end');
    expect((await call(url('/0'), { redirects: 3, method: 'POST' })).status).toBe(302);
  });

  it('is followed three times at most', async () => {
    const { url } = await openRedirects();
    const call = openClient();
    expect((await call(url('/2'), { redirects: 3 })).status).toBe(200);
    expect((await call(url('/3'), { redirects: 3 })).status).toBe(302);
  });

  it.each(['http://10.0.0.1/', 'http://[::ffff:a9fe:a9fe]/', '//169.254.169.254/', 'ftp://shop.example/'])(
    'to %s is refused',
    async (location) => {
      const { url } = await openRedirects();
      const error = await settled(openClient()(url(`/0/${encodeURIComponent(location)}`), { redirects: 3 }));
      expect(error).toEqual(refused(location.startsWith('ftp') ? 'scheme' : 'host'));
    },
  );

  it("to a port of the platform's own is refused", async () => {
    const { canary, url } = await openRedirects();
    const call = openClient({ policy: { local: 'sandbox', ownPorts: [canary.port], allow: [] } });
    const location = encodeURIComponent(`http://localhost:${canary.port}/`);
    expect(await settled(call(url(`/1/${location}`), { redirects: 3 }))).toEqual(refused('host'));
    expect(canary.calls).toBe(0);
  });
});
