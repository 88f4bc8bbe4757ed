import { freePort } from '../../scripts/embedded/ports';
import { readConfig } from '../../config/env';
import { judgeUrl } from '../domain/egress/judge-url';
import { egressPolicyOf, openEgress } from './open-egress';

const secrets = { OPERATOR_KEY: 'o'.repeat(32), TOKEN_SECRET: 't'.repeat(32) };

describe("the platform's own ports", () => {
  const env = {
    ...secrets,
    EGRESS_LOCAL: 'sandbox',
    EGRESS_OWN_PORTS: '1080',
    PORT: '4001',
    ADMIN_PORT: '4002',
    MONGODB_URI: 'mongodb://user:pw@127.0.0.1:4003,127.0.0.1:4004/platform',
    REDIS_URL: 'redis://:pw@127.0.0.1:4005/0',
    TEMPORAL_ADDRESS: 'localhost:4006',
    TEMPORAL_UI_URL: 'http://127.0.0.1:4007',
    SMTP_URL: 'smtp://127.0.0.1:4008',
    SANDBOX_PORT: '4009',
    SANDBOX_PAGES_PORT: '4010',
    SANDBOX_GATEWAY_URL: 'http://127.0.0.1:4011',
    SANDBOX_PUBLIC_URL: 'http://127.0.0.1:4012',
    SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:4013/hook',
    EGRESS_PROXY_URL: 'http://127.0.0.1:4014',
    PUBLIC_URL: 'http://127.0.0.1:4015',
  };
  const policy = egressPolicyOf(readConfig({ env, role: 'worker' }));
  const refusedBy = (port: number) =>
    judgeUrl({ url: `http://localhost:${port}/`, mode: 'sandbox', policy, allowsHttp: true }).refusedBy;

  it.each([...Array.from({ length: 15 }, (_, index) => 4001 + index), 1080, 9464, 9475, 9484])(
    'include %d, so that no URL leads there',
    (port) => expect(refusedBy(port)).toBe('host'),
  );

  it('leave the others to a sandbox', () => expect(refusedBy(5000)).toBeNull());
});

describe('a server that a variable names without a port', () => {
  const env = { ...secrets, EGRESS_LOCAL: 'sandbox' };
  const ownPortsOf = (more: NodeJS.ProcessEnv) =>
    egressPolicyOf(readConfig({ env: { ...env, ...more }, role: 'worker' })).ownPorts;
  const elsewhere = { MONGODB_URI: 'mongodb://localhost:4003/platform', REDIS_URL: 'redis://localhost:4005' };

  it.each([
    ['MONGODB_URI', 'mongodb://localhost/platform', [27_017]],
    ['MONGODB_URI', 'mongodb://user:1234@localhost/platform?replicaSet=rs', [27_017]],
    ['MONGODB_URI', 'mongodb://localhost,[::1]:4004,127.0.0.1:4005/platform', [27_017, 4004, 4005]],
    ['MONGODB_URI', 'mongodb://[::1]/platform', [27_017]],
    ['REDIS_URL', 'redis://localhost', [6379]],
    ['REDIS_URL', 'rediss://:pw@localhost/0', [6379]],
  ])('is at the usual one: %s=%s', (name, value, expected) => {
    expect(ownPortsOf(elsewhere)).not.toContain(expected[0]);
    expect(ownPortsOf({ ...elsewhere, [name]: value })).toEqual(expect.arrayContaining(expected));
  });
});

it('the port that a process alone knows is its own too', async () => {
  const config = readConfig({ env: { ...secrets, EGRESS_LOCAL: 'sandbox' }, role: 'worker' });
  const call = (port: number) =>
    openEgress(config, [5001]).call({
      tenantId: 'prt_1:sandbox',
      url: `http://localhost:${port}/`,
      maxBytes: 1,
      timeoutMs: 1000,
    });
  await expect(call(5001)).rejects.toMatchObject({ name: 'EgressRefused', rule: 'host' });
  await expect(call(await freePort())).rejects.toMatchObject({ name: 'EgressUnavailable' });
});
