// Runs in a network namespace of its own (src/clients/egress/canary.test.ts), in which every address is this machine's.
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { once } from 'node:events';
import { createEgressClient } from '../../../clients/egress/egress-client';
import { startDnsServer } from './dns-server';
import { innerUrls, publicNeighbours } from './inner-urls';

/** A public address. */
const PUBLIC = '93.184.216.34';

export interface SceneReport {
  /** Calls of inner URLs, and of names whose addresses, or whose redirect, are bad. */
  attempts: number;
  /** Results of those calls, and how often each came. */
  outcomes: Record<string, number>;
  /** Connections that the canary saw, by their address. */
  connections: string[];
  /** Calls of public neighbours that got through, of all of them. */
  reached: [number, number];
}

const listen = async (server: Server, port = 0): Promise<number> => {
  server.listen(port, '::');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** A canary listens on every address of the namespace; 80 and 443 are where a URL without a port leads. */
async function openCanary() {
  const connections: string[] = [];
  const open = () =>
    createHttpServer((_request, response) => response.end('inner')).on('connection', ({ localAddress }) =>
      connections.push(localAddress ?? ''),
    );
  const port = await listen(open());
  await listen(open(), 80);
  await listen(open(), 443);
  return { connections, port };
}

async function run(badAddresses: readonly string[]): Promise<SceneReport> {
  const canary = await openCanary();
  const redirects = createHttpServer(({ url = '' }, response) =>
    response.writeHead(302, { location: decodeURIComponent(url.slice(1)) }).end(),
  );
  const redirectPort = await listen(redirects);
  const questions = new Map<string, number>();
  const dns = await startDnsServer((name) => {
    const [index = '', kind] = name.split('.');
    const bad = badAddresses[Number(index)] ?? PUBLIC;
    if (kind === 'mixed') return [PUBLIC, bad];
    if (kind !== 'rebinding') return [bad];
    // Public when the URL is judged, which asks for two records, and bad from then on.
    const asked = (questions.get(name) ?? 0) + 1;
    questions.set(name, asked);
    return asked <= 2 ? [PUBLIC] : [bad];
  });
  const client = createEgressClient({
    policy: { local: 'none', ownPorts: [], allow: [] },
    dnsServers: [dns.address],
    proxyUrl: null,
  });
  const call = (url: string) =>
    client.call({ tenantId: 'prt_1:live', url, allowsHttp: true, maxBytes: 1000, timeoutMs: 2000, redirects: 3 }).then(
      ({ status }) => String(status),
      ({ name, rule, reason }: { name: string; rule?: string; reason?: string }) => `${name} ${rule ?? reason}`,
    );

  const inner = innerUrls.flatMap((url) => [url.replace('{port}', String(canary.port)), url.replace(':{port}', '')]);
  const names = badAddresses.flatMap((_, index) =>
    ['bad', 'mixed'].map((kind) => `http://${index}.${kind}.example:${canary.port}/`),
  );
  // A header has no characters beyond Latin-1.
  const written = inner.filter((url) => /^[\x20-\x7e]+$/.test(url));
  const locations = written.map((url) => `http://public.example:${redirectPort}/${encodeURIComponent(url)}`);
  const outcomes: Record<string, number> = {};
  const count = (outcome: string) => (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1);
  for (const url of [...inner, ...names, ...locations]) count(await call(url));

  const rebinding = badAddresses.map((_, index) => `http://${index}.rebinding.example:${redirectPort}/`);
  // The first call goes to the public address, whose answer leads to the same name: by then it has another one.
  for (const url of rebinding) {
    const again = url.replace(String(redirectPort), String(canary.port));
    count(await call(`${url}${encodeURIComponent(again)}`));
  }
  const connections = [...canary.connections];

  const hosts = publicNeighbours.map((address) => (address.includes(':') ? `[${address}]` : address));
  let through = 0;
  for (const host of hosts) if ((await call(`http://${host}:${canary.port}/`)) === '200') through += 1;
  return {
    attempts: inner.length + names.length + locations.length + rebinding.length,
    outcomes,
    connections,
    reached: [through, hosts.length],
  };
}

void run(JSON.parse(process.argv[2] ?? '[]') as string[]).then((report) => {
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
});
