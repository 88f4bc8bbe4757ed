import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { readConfig } from '../../config/env';
import { roleNames } from './roles';

const root = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const secrets = {
  OPERATOR_KEY: 'operator-key-operator-key-operator-key',
  TOKEN_SECRET: 'token-secret-token-secret-token-secret',
  SANDBOX_WEBHOOK_SECRET: `whsec_${Buffer.from('webhook-secret-webhook-secret-32').toString('base64')}`,
};

interface Service {
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
}
// The parser leaves YAML's merge keys as they are.
const written = load(read('compose.yaml')) as { services: Record<string, Service & { '<<'?: Service }> };
const services: Record<string, Service> = Object.fromEntries(
  Object.entries(written.services).map(([name, service]) => [name, { ...service['<<'], ...service }]),
);

describe('compose.yaml', () => {
  it('gives every role a configuration the program accepts, with time to stop', () => {
    for (const role of roleNames) {
      const { command, environment: merged = {}, stop_grace_period: grace = '0s' } = services[role] ?? {};
      const { '<<': shared = {}, ...own } = merged as Record<string, unknown>;
      const environment = { ...(shared as object), ...own } as Record<string, string>;
      expect(command).toEqual(['--role', role]);
      // ${NAME:-default} becomes its default, ${NAME:?…} is one of the secrets.
      const env = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]),
      );
      const config = readConfig({ env: { ...env, ...secrets }, role });
      expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(config.shutdown.forceMs);
    }
  });

  it('waits for servers that report when they are healthy', () => {
    for (const [name, { condition }] of Object.entries(services.api?.depends_on ?? {})) {
      if (condition === 'service_healthy') expect(services[name]?.healthcheck?.test[0]).toBe('CMD');
      expect(services).toHaveProperty(name);
    }
  });

  it('runs Temporal with the settings of the embedded server', () => {
    const embedded = [
      ...read('scripts/embedded/temporal.ts').matchAll(
        /^ {2}'((?:frontend|history|matching|system)\.[^']+=[^']+)',$/gm,
      ),
    ].map(([, setting]) => setting);
    const composed = services.temporal?.command?.flatMap(
      (argument) => /^--dynamic-config-value=(.*)$/.exec(argument)?.slice(1) ?? [],
    );
    expect(embedded.length).toBeGreaterThan(0);
    expect(composed).toEqual(embedded);
  });
});

describe('ecosystem.config.js', () => {
  it('leaves every process more time to end than its own hard limit, and knows the roles', () => {
    const { apps } = require('../../ecosystem.config.js') as {
      apps: { args: string; kill_timeout: number; wait_ready: boolean }[];
    };
    for (const { args, kill_timeout: killTimeoutMs, wait_ready: waitsReady } of apps) {
      expect(roleNames).toContain(args.replace('--role ', ''));
      expect(waitsReady).toBe(true);
      expect(killTimeoutMs).toBeGreaterThan(readConfig({ env: secrets, role: 'api' }).shutdown.forceMs);
    }
  });
});
