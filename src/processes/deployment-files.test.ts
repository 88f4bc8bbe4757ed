import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
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
  read_only?: boolean;
  tmpfs?: string[];
  mem_limit?: string;
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

describe('the image', () => {
  const [, shipped = ''] = /^(FROM debian:12-slim\n[\s\S]*)$/m.exec(read('Dockerfile')) ?? [];
  const cacheDir = /^ENV APP_CACHE_DIR=(\S+)$/m.exec(shipped)?.[1];

  it('has the executable and no packages, and runs it as a user without rights', () => {
    expect(shipped.match(/^COPY .*$/gm)?.join('\n')).not.toMatch(/node_modules|package\.json|dist/);
    expect(shipped).toMatch(/^COPY --from=build \S+\/partner-platform \S+$/m);
    expect(shipped).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it('runs on a read-only root, with a place in memory where the native addon may be loaded', () => {
    for (const role of roleNames) {
      const { read_only: readOnly, tmpfs = [] } = services[role] ?? {};
      expect(readOnly).toBe(true);
      const options = tmpfs.find((mount) => mount.startsWith(`${cacheDir}:`))?.split(/[:,]/) ?? [];
      expect(options).toEqual(expect.arrayContaining(['exec', 'mode=0700', 'uid=1000']));
      // Two versions for the time of a change.
      expect(Number.parseInt(options.find((option) => option.startsWith('size='))?.slice(5) ?? '', 10)).toBe(128);
    }
  });

  it('is built from a context with everything that the build reads', () => {
    const ignored = read('.dockerignore').split('\n');
    const inputs = [...read('scripts/build/targets.mjs').matchAll(/inputs: \[(?:\.\.\.\w+, )?([^\]]+)\]/g)].flatMap(
      ([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, input = '']) => input),
    );
    const common = read('scripts/build/stamps.mjs').match(/COMMON_INPUTS = \[([^\]]+)\]/)?.[1] ?? '';
    inputs.push(...[...common.matchAll(/'([^']+)'/g)].map(([, input = '']) => input));
    expect(inputs.length).toBeGreaterThan(8);
    const covered = (input: string) =>
      ignored.some((line) => input === line.slice(1) || input.startsWith(`${line.slice(1)}/`));
    expect(inputs.filter((input) => !covered(input))).toEqual([]);
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

/** V8's heaps of a process: a worker has one more, in the thread that runs workflows. */
const heapsOf = (role: string): number => (role === 'worker' ? 2 : 1);

describe('the heap limit', () => {
  interface App {
    name: string;
    node_args: string;
    max_memory_restart: string;
  }
  const appsWith = (maxHeapMb: string, machineMb: number): App[] => {
    jest.replaceProperty(process, 'env', { ...process.env, MAX_HEAP_MB: maxHeapMb });
    jest.spyOn(os, 'totalmem').mockReturnValue(machineMb * 2 ** 20);
    let apps: App[] = [];
    jest.isolateModules(() => ({ apps } = require('../../ecosystem.config.js') as { apps: App[] }));
    return apps;
  };
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['MAX_HEAP_MB', '700', 16_384, 700],
    ["a 16th of the machine's memory", '', 4096, 256],
    ['384 MB on a large machine', '', 16_384, 384],
    ['192 MB on a small one', '', 1024, 192],
  ])('is %s under PM2, which restarts a process only above its heaps', (_what, maxHeapMb, machineMb, heapMb) => {
    for (const { name, node_args: args, max_memory_restart: restart } of appsWith(maxHeapMb, machineMb)) {
      expect(args).toContain(` --max-old-space-size=${heapMb}`);
      expect(Number.parseInt(restart, 10)).toBeGreaterThanOrEqual(heapsOf(name) * heapMb + 256);
    }
  });

  it('is the same in compose.yaml as under PM2 on a large machine, within the memory of each container', () => {
    for (const { name, max_memory_restart: restart } of appsWith('', 16_384)) {
      const { environment: merged, mem_limit: limit = '' } = services[name] ?? {};
      expect({ ...(merged as { '<<'?: object })?.['<<'], ...merged }).toHaveProperty(
        'MAX_HEAP_MB',
        '${MAX_HEAP_MB:-384}',
      );
      const memory = /:-(\d+)([mg])\}$/.exec(limit);
      expect(Number(memory?.[1]) * (memory?.[2] === 'g' ? 1024 : 1)).toBe(Number.parseInt(restart, 10));
    }
  });

  it.each([
    ['MAX_HEAP_MB', { MAX_HEAP_MB: '700' }, '--max-old-space-size=700'],
    ["a share of the container's memory", {}, '--max-old-space-size-percentage=35'],
  ])('is %s in an image', (_what, env, argument) => {
    // Instead of the program: prints its options and arguments.
    const bin = mkdtempSync(path.join(os.tmpdir(), 'entrypoint-'));
    writeFileSync(path.join(bin, 'partner-platform'), '#!/bin/sh\necho "$NODE_OPTIONS $@"\n', { mode: 0o755 });
    const entrypoint = path.join(root, 'docker-entrypoint.sh');
    const printed = execFileSync('sh', [entrypoint, '--role', 'api'], {
      env: { PATH: `${bin}:/bin:/usr/bin`, NODE_OPTIONS: '--trace-warnings', ...env },
    });
    rmSync(bin, { recursive: true });
    expect(printed.toString()).toBe(`${argument} --trace-warnings --role api\n`);
  });
});
