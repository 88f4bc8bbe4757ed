import { TRIAL } from '../scripts/release/trial';
import { ConfigError, readConfig } from './env';
import { flagNames, flags } from './flags';
import { variableNames, variables, type Variable } from './variables';

const secrets = {
  OPERATOR_KEY: 'operator-key-operator-key-operator-key',
  TOKEN_SECRET: 'token-secret-token-secret-token-secret',
};
const read = (env: Record<string, string> = {}, role = 'api') => readConfig({ env: { ...secrets, ...env }, role });
const problemsOf = (env: Record<string, string>, role = 'api'): readonly string[] => {
  try {
    readConfig({ env, role });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('needs nothing but the two secrets', () => {
    const config = read();
    expect(config.api).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      requestsPerMinute: 600,
      failedAttemptsPerMinute: 60,
      maxBodyBytes: 65_536,
    });
    expect(config.temporal).toMatchObject({ address: '127.0.0.1:7233', namespace: 'default', tls: null });
    expect(config.shutdown).toEqual({ drainMs: 1500, graceMs: 10_000, forceMs: 20_000 });
  });

  it('names every bad variable together, its fault and the allowed values', () => {
    const problems = problemsOf({
      ...secrets,
      PORT: 'http',
      LOG_LEVEL: 'loud',
      MAX_BODY_BYTES: '1e3',
      TEMPORAL_TLS: 'yes',
      FEATURES: 'teleport',
    });
    expect(problems).toHaveLength(5);
    expect(problems[0]).toBe(
      'PORT is "http"; it has to be a port that browsers open (so not 6000 or 10080); 0 takes a free one',
    );
    expect(problems.slice(1)).toEqual([
      'MAX_BODY_BYTES is "1e3"; it has to be a whole number from 1024 to 10485760',
      'TEMPORAL_TLS is "yes"; it has to be true or false',
      expect.stringContaining('LOG_LEVEL'),
      expect.stringContaining('FEATURES is "teleport"'),
    ]);
  });

  it('names the missing required variables', () => {
    expect(problemsOf({}).map((problem) => problem.split(' ')[0])).toEqual(['OPERATOR_KEY', 'TOKEN_SECRET']);
  });

  it.each(variableNames.filter((name) => (variables[name] as Variable).secret))(
    'never shows the value of %s',
    (name) => {
      const value = 'hunter2 hunter2';
      const problems = problemsOf({ ...secrets, [name]: value });
      expect(problems.join()).not.toContain('hunter2');
      if (name !== 'TEMPORAL_API_KEY') expect(problems.join()).toContain(name);
    },
  );

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', ' 80'],
    ['PORT', '0x10'],
    ['PORT', '1.5'],
    ['PORT', '10080'],
    ['ADMIN_PORT', '6000'],
    ['SANDBOX_PAGES_PORT', '5060'],
    ['PUBLIC_URL', 'https://api.example:10080'],
    ['SANDBOX_GATEWAY_URL', 'http://127.0.0.1:6000/'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['MONGODB_URI', 'mongodb://localhost:27017'],
    ['TEMPORAL_ADDRESS', 'localhost'],
    ['MAIL_FROM', 'a@b.c\r\nBcc: x@y.z'],
    ['OPERATOR_EMAIL', 'nobody'],
    ['REDIS_PREFIX', 'platform'],
    ['NODE_APP_INSTANCE', 'one'],
    ['SANDBOX_WEBHOOK_SECRET', 'whsec_c2hvcnQ='],
    ['LIVE_GATEWAY', 'paypal'],
    ['STRIPE_API_KEY', 'pk_live_1'],
    ['STRIPE_API_BASE', 'http://stripe.example'],
    ['STRIPE_API_BASE', 'http://127.0.0.1.example:1'],
    ['STRIPE_API_BASE', 'http://localhost@evil.example'],
    ['STRIPE_API_BASE', 'https://stripe.example/v2'],
    ['STRIPE_API_BASE', 'ftp://127.0.0.1'],
  ])('refuses %s=%j', (name, value) =>
    expect(problemsOf({ ...secrets, [name]: value })).toEqual([expect.stringContaining(name)]),
  );

  it('treats an empty variable as unset', () => {
    expect(read({ PORT: '', TEMPORAL_API_KEY: '' })).toMatchObject({
      api: { port: 3000 },
      temporal: { apiKey: undefined },
    });
  });

  it('is frozen recursively', () => {
    const config = read() as { api: { port: number } };
    expect(() => (config.api.port = 1)).toThrow(TypeError);
  });

  it('gives every instance its own admin port, and the roles different ones', () => {
    expect(read({ NODE_APP_INSTANCE: '1' }).admin.port).toBe(9465);
    expect(read({ NODE_APP_INSTANCE: '1' }, 'worker').admin.port).toBe(9475);
    expect(read({ NODE_APP_INSTANCE: '1', ADMIN_PORT: '7000' }, 'worker').admin.port).toBe(7001);
    expect(read({ NODE_APP_INSTANCE: '1', ADMIN_PORT: '0' }).admin.port).toBe(0);
  });

  it('accepts what a release tries a new simulated gateway with', () =>
    expect(problemsOf({ ...secrets, SANDBOX_WEBHOOK_SECRET: `whsec_${'A'.repeat(32)}`, ...TRIAL }, 'sandbox')).toEqual(
      [],
    ));

  it.each([
    ['10079', /^ADMIN_PORT is 10079; the port of instance 1 would be 10080, which browsers/],
    ['65535', /^ADMIN_PORT is 65535; the port of instance 1 would be 65536, which is above/],
  ])('refuses ADMIN_PORT=%s for an instance that nobody could ask', (ADMIN_PORT, problem) =>
    expect(problemsOf({ ...secrets, NODE_APP_INSTANCE: '1', ADMIN_PORT })).toEqual([expect.stringMatching(problem)]),
  );

  it('requires the hard limit of the shutdown to exceed the limits within it', () => {
    expect(problemsOf({ ...secrets, SHUTDOWN_GRACE_MS: '19000' })).toEqual([
      expect.stringMatching(/^SHUTDOWN_FORCE_MS is 20000; it has to be at least 21000/),
    ]);
    expect(problemsOf({ ...secrets, DRAIN_MS: '60000' })).toEqual([expect.stringContaining('DRAIN_MS and 2000 more')]);
    expect(problemsOf({ ...secrets, SHUTDOWN_GRACE_MS: '18000' })).toEqual([]);
  });

  it('reports broken rules between variables even when others are bad', () => {
    expect(problemsOf({ ...secrets, PORT: 'x', SHUTDOWN_GRACE_MS: '19000' })).toHaveLength(2);
  });

  it('uses TLS as soon as a key, a certificate or the switch requires it', () => {
    expect(read({ TEMPORAL_API_KEY: 'key' }).temporal.tls).not.toBeNull();
    expect(read({ TEMPORAL_TLS: 'true' }).temporal.tls).not.toBeNull();
    expect(read({ TEMPORAL_TLS_CA_FILE: '/ca.pem' }).temporal.tls).toMatchObject({ caFile: '/ca.pem' });
    expect(problemsOf({ ...secrets, TEMPORAL_TLS_CERT_FILE: '/cert.pem' })).toEqual([
      expect.stringContaining('TEMPORAL_TLS_KEY_FILE is not set'),
    ]);
  });

  it("requires the simulated gateway's key in its role, and both Stripe keys with that gateway", () => {
    expect(problemsOf(secrets, 'sandbox')).toEqual([
      expect.stringMatching(/^SANDBOX_WEBHOOK_SECRET is not set; it has to be whsec_/),
    ]);
    expect(read().gateways).toMatchObject({
      stripe: null,
      sandbox: {
        webhookUrl: 'http://127.0.0.1:3000/api/v1/webhooks/sandbox-gateway',
        port: 3100,
        pagesPort: 3101,
        publicUrl: undefined,
      },
    });
    expect(problemsOf({ ...secrets, SANDBOX_PAGES_PORT: '3100' })).toEqual([
      'SANDBOX_PAGES_PORT is 3100, as is SANDBOX_PORT; it has to be a port of its own',
    ]);
    expect(problemsOf({ ...secrets, LIVE_GATEWAY: 'stripe' })).toEqual([
      expect.stringContaining('STRIPE_API_KEY'),
      expect.stringContaining('STRIPE_WEBHOOK_SECRET'),
    ]);
    const live = read({ LIVE_GATEWAY: 'stripe', STRIPE_API_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' });
    expect(live.gateways.stripe).toEqual({
      apiKey: 'sk_test_1',
      webhookSecret: 'whsec_1',
      returnUrl: 'http://127.0.0.1:3000',
    });
  });

  it.each([
    ['http://127.0.0.1:12111', 'http://127.0.0.1:12111'],
    ['http://localhost:12111/', 'http://localhost:12111'],
    ['http://[::1]:12111', 'http://[::1]:12111'],
    ['https://stripe.example', 'https://stripe.example'],
  ])('points Stripe at %s', (base, apiBase) => {
    const stripe = { LIVE_GATEWAY: 'stripe', STRIPE_API_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' };
    expect(read({ ...stripe, STRIPE_API_BASE: base }).gateways.stripe).toMatchObject({ apiBase });
  });

  it("lets URLs lead to this machine only in development, and to networks of one's own", () => {
    expect(read().egress).toEqual({ local: 'none', ownPorts: [], allow: [], dnsServers: [], proxyUrl: null });
    const egress = {
      EGRESS_LOCAL: 'sandbox',
      EGRESS_OWN_PORTS: '1080, 9101',
      EGRESS_ALLOW: '10.1.0.0/16:443',
      EGRESS_DNS_SERVERS: '10.1.0.53, [::1]:53',
    };
    expect(read({ ...egress, EGRESS_PROXY_URL: 'http://proxy.corp:3128/' }).egress).toEqual({
      local: 'sandbox',
      ownPorts: [1080, 9101],
      allow: [{ range: { version: 4, value: 0x0a01_0000n, bits: 16 }, port: 443 }],
      dnsServers: ['10.1.0.53', '[::1]:53'],
      proxyUrl: 'http://proxy.corp:3128',
    });
    const stripe = { LIVE_GATEWAY: 'stripe', STRIPE_API_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' };
    expect(problemsOf({ ...secrets, ...stripe, EGRESS_LOCAL: 'sandbox' })).toEqual([
      expect.stringContaining('it has to be none with LIVE_GATEWAY=stripe'),
    ]);
    expect(problemsOf({ ...secrets, EGRESS_LOCAL: 'sandbox', PUBLIC_URL: 'https://platform.example' })).toEqual([
      expect.stringContaining('unless PUBLIC_URL is on this machine'),
    ]);
    expect(problemsOf({ ...secrets, EGRESS_ALLOW: '169.254.169.254/32:80', EGRESS_DNS_SERVERS: 'ns1' })).toEqual([
      expect.stringMatching(/^EGRESS_ALLOW is "169.254.169.254\/32:80"; it has to be a comma list of range:port/),
      expect.stringMatching(/^EGRESS_DNS_SERVERS is "ns1"/),
    ]);
  });

  it.each(['1.1.1.1:0', '1.1.1.1:65536', '1.1.1.1:99999', '[::1]:0', '9.9.9.9,1.1.1.1:99999', '[::1', '1.1.1.1:'])(
    'takes no name server %s, which would fail at each look-up',
    (servers) => {
      expect(problemsOf({ ...secrets, EGRESS_DNS_SERVERS: servers })).toEqual([
        `EGRESS_DNS_SERVERS is "${servers}"; it has to be a comma list of addresses, ` +
          'each with a port from 1 to 65535 or without',
      ]);
    },
  );

  it('rejects one secret for two uses', () => {
    expect(problemsOf({ OPERATOR_KEY: secrets.OPERATOR_KEY, TOKEN_SECRET: secrets.OPERATOR_KEY })).toEqual([
      expect.stringContaining('TOKEN_SECRET equals OPERATOR_KEY'),
    ]);
  });

  it('has a valid default for every optional variable', () => {
    for (const name of variableNames) {
      const variable: Variable = variables[name];
      if (typeof variable.default === 'string')
        expect({ name, ok: variable.type.safeParse(variable.default).success }).toEqual({ name, ok: true });
    }
  });
});

describe('the feature flags', () => {
  it('are as listed unless FEATURES changes them', () => {
    expect(read().flags).toEqual(Object.fromEntries(flagNames.map((name) => [name, flags[name].on])));
    expect(read({ FEATURES: ' -rate-limits ,' }).flags['rate-limits']).toBe(false);
    expect(read({ FEATURES: '-rate-limits,rate-limits' }).flags['rate-limits']).toBe(true);
    expect(problemsOf({ ...secrets, FEATURES: '-constructor' })).toHaveLength(1);
  });
});
