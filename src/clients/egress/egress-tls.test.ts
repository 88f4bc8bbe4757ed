import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  closeEgressServers,
  listen,
  openClient,
  openDns,
  serve,
  settled,
} from '../../testing/servers/egress/egress-servers';

afterEach(closeEgressServers);

const unavailable = (reason: string) => expect.objectContaining({ name: 'EgressUnavailable', reason });

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  beforeAll(() => {
    const names = 'subjectAltName=DNS:shop.example,IP:127.0.0.2';
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat([
        '-keyout',
        key,
        '-out',
        cert,
        '-subj',
        '/CN=shop.example',
        '-addext',
        names,
      ]),
      { stdio: 'pipe' },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const openTls = async () => {
    const names: unknown[] = [];
    const certificate = { key: readFileSync(key), cert: readFileSync(cert) };
    const server = createTlsServer(certificate, ({ socket }, response) => {
      names.push((socket as unknown as { servername: unknown }).servername);
      response.end('secure');
    });
    const port = await listen(server, '0.0.0.0');
    const dns = await openDns(() => ['127.0.0.1']);
    const trusting = { dnsServers: [dns.address], certificateAuthorities: [String(certificate.cert)] };
    return { port, names, trusting, dns };
  };

  it('names the host, and takes a certificate of that name alone', async () => {
    const { port, names, trusting } = await openTls();
    const call = openClient(trusting);
    expect((await call(`https://shop.example:${port}/`)).body.toString()).toBe('secure');
    expect(await settled(call(`https://other.example:${port}/`))).toEqual(unavailable('tls'));
    expect(names).toEqual(['shop.example']);
  });

  it('takes a certificate that has the address of a URL without a name', async () => {
    const { port, names, trusting } = await openTls();
    const call = openClient(trusting);
    expect((await call(`https://127.0.0.2:${port}/`)).status).toBe(200);
    expect(await settled(call(`https://127.0.0.1:${port}/`))).toEqual(unavailable('tls'));
    expect(names).toEqual([false]);
  });

  it('ends in time where the peer does not begin it', async () => {
    const port = await listen(createTcpServer(() => undefined));
    const call = openClient();
    expect(await settled(call(`https://127.0.0.1:${port}/`, { timeoutMs: 100 }))).toEqual(unavailable('timeout'));
  });

  it.each([
    ['closes', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
    ['speaks something else', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH\r\n')],
  ])('has no result where the peer %s', async (_what, answer) => {
    const port = await listen(createTcpServer((socket) => void socket.once('data', () => answer(socket))));
    expect(await settled(openClient()(`https://127.0.0.1:${port}/`))).toEqual(unavailable('tls'));
  });

  it('trusts no unknown authority, whatever the environment says', async () => {
    const { port, dns } = await openTls();
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const call = openClient({ dnsServers: [dns.address] });
      expect(await settled(call(`https://shop.example:${port}/`))).toEqual(unavailable('tls'));
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('is spoken with the peer through a proxy, which is told the judged address', async () => {
    const { port, names, trusting } = await openTls();
    const tunnels: unknown[] = [];
    const proxy = createServer();
    proxy.on('connect', ({ url, headers }, socket) => {
      tunnels.push([url, headers['proxy-authorization']]);
      const onward = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      onward.pipe(socket).pipe(onward);
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    const proxyPort = await listen(proxy);
    const call = openClient({ ...trusting, proxyUrl: `http://us%40er:word@127.0.0.1:${proxyPort}` });
    expect((await call(`https://shop.example:${port}/`)).body.toString()).toBe('secure');
    expect(tunnels).toEqual([[`127.0.0.1:${port}`, `Basic ${Buffer.from('us@er:word').toString('base64')}`]]);
    expect(names).toEqual(['shop.example']);
  });

  it('ends where the proxy refuses', async () => {
    const proxyPort = await serve((_request, response) => response.writeHead(403).end());
    const call = openClient({ proxyUrl: `http://127.0.0.1:${proxyPort}` });
    expect(await settled(call('http://127.0.0.1:8080/'))).toEqual(unavailable('connection'));
  });
});
