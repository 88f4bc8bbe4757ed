import { readConfig } from '../../config/env';
import { judgeUrl } from '../domain/egress/judge-url';
import { egressPolicyOf } from './open-egress';

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
