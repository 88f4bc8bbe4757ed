import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { cacheFolder } from '../../../scripts/embedded/sources/cache';
import { LOOPBACK, pickPort } from '../../../scripts/embedded/ports';
import { plainReporter } from '../../../scripts/embedded/reporter';
import { acceptsConnections } from '../../../scripts/embedded/server';
import { firstBinary } from '../../../scripts/embedded/sources/sources';
import { temporalSources } from '../../../scripts/embedded/temporal';
import { requireTimeSkipping } from '../../../src/temporal/time-skipping/time-skipping-api';
import { createWorkflowStarter } from '../../../src/temporal/workflow-starter';
import { silent } from '../../../src/testing/queue-test-bed';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSandboxWorld, type SandboxWorld } from '../../../src/testing/worlds/sandbox-world';
import { checkoutRoot } from '../../../src/testing/servers/servers';
import { waitFor } from '../../../src/testing/wait-for';

let server: ChildProcess;
let world: SandboxWorld;

/** Starts a Temporal server with its defaults, which do not allow time skipping. */
async function startPlainTemporal(): Promise<string> {
  const context = {
    root: checkoutRoot(__dirname),
    cache: cacheFolder(process.env),
    env: process.env,
    reporter: plainReporter(() => undefined),
  };
  const { command } = await firstBinary({
    server: 'Temporal',
    sources: temporalSources,
    context,
    keep: null,
    dataFolder: tmpdir(),
  });
  const port = await pickPort({ preferred: 0, onBusy: () => undefined });
  server = spawn(
    command,
    [
      'server',
      'start-dev',
      '--headless',
      '--ip',
      LOOPBACK,
      '--port',
      String(port),
      '--log-level',
      'never',
      '--search-attribute',
      'TenantId=Keyword',
    ],
    { stdio: 'ignore' },
  );
  await waitFor(
    async () => {
      await acceptsConnections(port);
      return true;
    },
    { what: 'a plain Temporal server' },
  );
  return `${LOOPBACK}:${port}`;
}

beforeAll(async () => {
  quietTemporal();
  world = await openSandboxWorld({ temporalAddress: await startPlainTemporal() });
});
afterAll(async () => {
  await world?.close();
  const ended = once(server, 'exit');
  server.kill();
  await ended;
});

describe('on a server without time skipping', () => {
  it('is refused with the setting to switch on', async () => {
    await expect(requireTimeSkipping({ client: world.client })).rejects.toMatchObject({
      code: 'TIME_SKIPPING_UNAVAILABLE',
      message: expect.stringContaining('frontend.WorkflowTimeSkippingEnabled=true'),
    });
  });

  it('ends an advance that was accepted earlier, with the clock untouched', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboard(tenantId);
    const operation = await world.ended(await world.advance(tenantId, 'P8D'));
    expect(operation).toMatchObject({
      state: 'failed',
      failure: { code: 'TIME_SKIPPING_UNAVAILABLE', workflowId: null },
    });
    expect(await world.clock.offsetMs(tenantId)).toBe(0);
    await world.untilMailed(id, 1);
    expect((await world.read(id)).state).toBe('awaiting_verification');
  });

  it('refuses a start that would be in the wrong time, and keeps it in the outbox', async () => {
    const tenantId = await world.newTenant();
    await world.database.models.sandboxClocks.create({
      _id: tenantId,
      tenantId,
      offsetMs: 86_400_000,
      advancing: null,
      updatedAt: new Date(),
    });
    const id = await world.onboard(tenantId, { start: false });
    const row = await world.database.models.outbox
      .findOne({ entityId: id, start: { $ne: null } })
      .lean()
      .orFail();
    // The world's own starter tries again for minutes, as a relay would.
    const { client, database } = world;
    const starter = createWorkflowStarter({ client, database, logger: silent as never, onStarted: () => undefined });
    await expect(starter.start(row)).rejects.toThrow();
    await expect(world.handle(id).describe()).rejects.toThrow('not found');
    expect((await world.database.models.outbox.findById(row._id).lean())?.open).toBe(true);
  });
});
