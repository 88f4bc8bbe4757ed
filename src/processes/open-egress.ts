import type { Config } from '../../config/env';
import { createEgressClient, type EgressClient } from '../clients/egress/egress-client';
import type { EgressPolicy } from '../domain/egress/egress-policy';

/** The first admin port of each role; a process knows only its own. */
const USUAL_ADMIN_PORTS = [9464, 9474, 9484];
/** Instances of a role under PM2, each of which has the next admin port. */
const MOST_INSTANCES = 10;

const MONGODB_PORT = 27_017;

const portsOfSchemes: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'redis:': 6379,
  'rediss:': 6379,
  'smtp:': 25,
  'smtps:': 465,
};

/** Returns the rules about URLs of others. */
export const egressPolicyOf = (config: Config): EgressPolicy => ({
  local: config.egress.local,
  allow: config.egress.allow,
  ownPorts: ownPortsOf(config),
});

/** Returns the client that calls such URLs. `furtherPorts` are at this machine and its process's own, too. */
export function openEgress(config: Config, furtherPorts: readonly number[] = []): EgressClient {
  const policy = egressPolicyOf(config);
  return createEgressClient({
    policy: { ...policy, ownPorts: [...policy.ownPorts, ...furtherPorts] },
    dnsServers: config.egress.dnsServers,
    proxyUrl: config.egress.proxyUrl,
  });
}

/** Returns the ports of this machine at which this platform and its servers listen, so far as the process knows. */
function ownPortsOf({ api, admin, mongodb, redis, temporal, mail, gateways: { sandbox }, egress }: Config): number[] {
  const urls = [
    api.publicUrl,
    redis.url,
    mail.smtpUrl,
    sandbox.url,
    sandbox.webhookUrl,
    sandbox.publicUrl,
    temporal.uiUrl,
    egress.proxyUrl,
  ];
  const adminPorts = [admin.port, ...USUAL_ADMIN_PORTS].flatMap((first) =>
    Array.from({ length: MOST_INSTANCES }, (_, instance) => first + instance),
  );
  const ports = [
    api.port,
    ...adminPorts,
    sandbox.port,
    sandbox.pagesPort,
    ...mongodbPortsOf(mongodb.uri),
    Number(temporal.address.split(':').at(-1)),
    ...egress.ownPorts,
    ...urls.flatMap((url) => (url ? [portOf(url)] : [])),
  ];
  return [...new Set(ports)].filter((port) => port > 0);
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (portsOfSchemes[protocol] ?? 0) : Number(port);
}

/** MongoDB's own format: hosts, each with a port or without, between an optional login and the path. */
function mongodbPortsOf(uri: string): number[] {
  const [, authority = ''] = /^[^:]+:\/\/([^/]*)/.exec(uri) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  return hosts.map((host) => Number(/:(\d{1,5})$/.exec(host)?.[1] ?? MONGODB_PORT));
}
