import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { version } from '../../../package.json';
import { freePort } from '../../../scripts/embedded/ports';
import { callSimulator } from '../../clients/gateways/sandbox-call';
import { environment, killPrograms, NOWHERE, start, usage } from '../../testing/platform/program';
import { waitFor } from '../../testing/wait-for';

afterAll(killPrograms);

describe('the program', () => {
  it('prints version and help without any configuration', async () => {
    const printed = new RegExp(`^${version.replaceAll('.', '[.]')} \\(build [0-9a-f]{16}\\)\n$`);
    expect(await usage(['--version'])).toEqual({ code: 0, stdout: expect.stringMatching(printed), stderr: '' });
    expect(await usage(['--help'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('--queues') });
  });

  it('rejects a wrong command line with one line and 2, a wrong configuration with all faults', async () => {
    expect(await usage(['--role', 'nobody'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^There is no role "nobody"[^\n]*\n$/),
    });
    expect(await usage(['--role', 'api'], { PORT: 'x' })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/PORT is "x"[\s\S]*OPERATOR_KEY is not set[\s\S]*TOKEN_SECRET is not set/),
    });
  });

  it('--check checks everything', async () => {
    expect(await usage(['--role', 'worker', '--check'], environment())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(ok {6}[^\n]+\n){8}$/),
    });
  });
});

describe('the api', () => {
  it('serves without the native addon of the worker, names its build, and ends with 0', async () => {
    const api = await start('api');
    await api.until('ready');
    const { version: atRuntime, buildId } = await api.readiness();
    expect((await usage(['--version'])).stdout).toBe(`${atRuntime} (build ${buildId})\n`);
    const contract = await fetch(`${api.origin}/openapi.json`);
    expect([contract.status, Object.keys((await contract.json()) as object)]).toEqual([
      200,
      expect.arrayContaining(['openapi', 'paths']),
    ]);
    expect((await fetch(`${api.origin}/api/v1/me`)).status).toBe(401);
    expect(readFileSync(`/proc/${api.child.pid}/maps`, 'utf8')).not.toContain('index.node');
    const metrics = await (await api.admin('/metrics')).text();
    expect(metrics).toMatch(/http_request_duration_seconds_count\{[^}]*operationId="getMe"/);
    expect(metrics).toMatch(/^http_request_places(\{[^}]*\})? 1000$/m);
    expect(await api.stop()).toBe(0);
  });

  it('drains: unready immediately, still serving, asking clients to reconnect', async () => {
    const api = await start('api', { DRAIN_MS: '5000' });
    await api.until('ready');
    const stopped = api.stop('SIGINT');
    await waitFor(async () => (await api.readiness()).status === 'draining', {
      what: 'draining',
      everyMs: 10,
    });
    expect((await api.admin('/readyz')).status).toBe(503);
    const response = await fetch(`${api.origin}/openapi.json`);
    // The contract is larger than a socket's buffer: unread, it would keep the connection open.
    await response.text();
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    expect(await stopped).toBe(0);
  });

  it('is ready, if degraded, while Temporal and Redis are down', async () => {
    const api = await start('api', { REDIS_URL: `redis://${NOWHERE}`, TEMPORAL_ADDRESS: NOWHERE });
    await api.until('degraded');
    expect((await api.admin('/readyz')).status).toBe(200);
    expect(await api.readiness()).toMatchObject({
      dependencies: { mongodb: { ok: true }, redis: { ok: false }, temporal: { ok: false } },
    });
    expect(await api.stop()).toBe(0);
  });

  it('survives the end of the reader of its output', async () => {
    // The log drops what it cannot write; other writers (Node's warnings, libraries, PM2) meet the broken pipe here.
    const chatter = "setInterval(()=>{console.log('x');console.error('x')},20).unref()";
    const api = await start('api', { NODE_OPTIONS: `--import=data:text/javascript,${chatter}` });
    api.child.stdout?.destroy();
    api.child.stderr?.destroy();
    await api.until('ready');
    for (let i = 0; i < 20; i += 1) expect((await fetch(`${api.origin}/api/v1/me`)).status).toBe(401);
    expect(await api.stop()).toBe(0);
  });

  it('works on while its output is on a full disk, and counts the lines that it drops', async () => {
    const api = await start('api', {}, { stdout: openSync('/dev/full', 'w') });
    await api.until('ready');
    for (let i = 0; i < 20; i += 1) expect((await fetch(`${api.origin}/api/v1/me`)).status).toBe(401);
    expect(await (await api.admin('/metrics')).text()).toMatch(/^log_lines_dropped_total\{[^}]*\} [1-9]/m);
    expect(await api.stop()).toBe(0);
  });

  it('reports in one line that its port is taken, and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await usage(['--role', 'api'], { ...environment(), PORT: String(port), ADMIN_PORT: '0' });
    expect([code, stderr]).toEqual([
      1,
      `PORT: port ${port} on 127.0.0.1 is taken; set PORT to another, or stop what listens there\n`,
    ]);
    taken.close();
  });

  it('ends with 1 at the second signal', async () => {
    const api = await start('api', { DRAIN_MS: '18000' });
    await api.until('ready');
    api.child.kill('SIGTERM');
    await api.until('draining');
    // Signals of the first second belong to the same shutdown.
    const impatient = setInterval(() => api.child.kill('SIGTERM'), 200);
    expect(await api.stop('SIGTERM')).toBe(1);
    clearInterval(impatient);
  });
});

describe('the worker', () => {
  it('runs its Temporal workers, shows the metrics of the SDK, and ends with 0', async () => {
    const worker = await start('worker');
    await worker.until('ready');
    expect((await worker.readiness()).dependencies).toMatchObject({
      mongodb: { ok: true },
      temporalWorkers: { ok: true },
    });
    expect(readFileSync(`/proc/${worker.child.pid}/maps`, 'utf8')).toContain('index.node');
    const metrics = await (await worker.admin('/metrics')).text();
    for (const name of [
      'temporal_worker_start_total',
      'outbox_lag_seconds',
      'queue_depth',
      'process_resident_memory_bytes',
    ])
      expect(metrics).toContain(name);
    expect(await worker.stop()).toBe(0);
  });
});

describe('the sandbox', () => {
  const sandbox = async () => ({
    SANDBOX_PORT: String(await freePort()),
    SANDBOX_PAGES_PORT: String(await freePort()),
    SANDBOX_DATA_DIR: mkdtempSync(path.join(tmpdir(), 'sandbox-role-')),
    SANDBOX_WEBHOOK_SECRET: `whsec_${Buffer.from('webhook-secret-webhook-secret-32').toString('base64')}`,
  });
  const authorise = ({ SANDBOX_PORT: port, SANDBOX_WEBHOOK_SECRET: secret }: Awaited<ReturnType<typeof sandbox>>) =>
    callSimulator({
      url: `http://127.0.0.1:${port}`,
      secret,
      tenantId: 'acme',
      method: 'POST',
      path: '/v1/authorisations',
      idempotencyKey: 'pay_1:authorise:1',
      body: {
        amount: { amountMinor: 500, currency: 'EUR' },
        paymentMethod: 'pm_requires_action',
        at: '2026-11-21T09:00:00.000Z',
      },
      timeoutMs: 10_000,
    });

  it('needs no server, acts as a gateway, ends with 0, and remembers its calls', async () => {
    const env = await sandbox();
    const away = { MONGODB_URI: `mongodb://${NOWHERE}/x`, REDIS_URL: `redis://${NOWHERE}`, TEMPORAL_ADDRESS: NOWHERE };
    expect(await usage(['--role', 'sandbox', '--check'], { ...environment(), ...away, ...env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(ok {6}[^\n]+\n){2}$/),
    });
    const first = await start('sandbox', { ...away, ...env });
    await first.until('ready');
    const made = await authorise(env);
    expect(made.status).toBe(201);
    const { nextAction } = (await made.json()) as { nextAction: { url: string } };
    expect(nextAction.url).toMatch(`http://127.0.0.1:${env.SANDBOX_PAGES_PORT}/actions/`);
    expect((await fetch(nextAction.url)).status).toBe(200);
    expect(await first.stop()).toBe(0);
    const second = await start('sandbox', { ...away, ...env });
    await second.until('ready');
    const again = await authorise(env);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(await second.stop()).toBe(0);
  });

  it('reports a missing setting and a taken port', async () => {
    expect(await usage(['--role', 'sandbox'], environment())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SANDBOX_WEBHOOK_SECRET is not set'),
    });
    const env = await sandbox();
    for (const name of ['SANDBOX_PORT', 'SANDBOX_PAGES_PORT'] as const) {
      const taken = createServer().listen(Number(env[name]), '127.0.0.1');
      await once(taken, 'listening');
      const { code, stderr } = await usage(['--role', 'sandbox'], { ...environment(), ...env, ADMIN_PORT: '0' });
      taken.close();
      expect([code, stderr]).toEqual([
        1,
        `${name}: port ${env[name]} on 127.0.0.1 is taken; set ${name} to another, or stop what listens there\n`,
      ]);
    }
  });
});
