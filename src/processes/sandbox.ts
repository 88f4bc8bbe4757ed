import { startSimulator } from '../simulator/start-simulator';
import { openProcess, type RunInput } from './open-process';
import { CHECK_WITHIN_MS } from './admin/readiness';

/**
 * `--role sandbox`: the simulated payment gateway that sandbox tenants pay through. Like a third party, it shares no
 * server with the platform and keeps its books in a file. Run only one at a time. Resolves when it is ready.
 */
export async function runSandbox(input: RunInput): Promise<void> {
  const { config, logger, admin, shutdown } = await openProcess(input);
  const { port, pagesPort, dataDir, publicUrl, webhookUrl, webhookSecret = '' } = config.gateways.sandbox;

  const gateway = await startSimulator({
    port,
    pagesPort,
    host: config.api.host,
    dataDir,
    publicUrl,
    webhookUrl,
    webhookSecret,
    adminToken: config.operatorKey,
    logger,
  }).catch((error: NodeJS.ErrnoException & { port?: number }) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const taken = error.port === port ? 'SANDBOX_PORT' : 'SANDBOX_PAGES_PORT';
    throw new Error(
      `${taken}: port ${error.port} on ${config.api.host} is taken; set ${taken} to another, or stop what ` +
        'listens there',
      { cause: error },
    );
  });
  shutdown.onClose({ name: 'simulated gateway', close: () => gateway.close() });
  admin.addDependency({ name: 'ledger', required: true, check: () => requireWritable(gateway.url) });

  admin.markBooted();
  logger.info({ url: gateway.url, pagesUrl: gateway.pagesUrl, dataDir, webhookUrl }, 'Ready');
  process.send?.('ready');
}

/** Rejects when the simulator reports that its disk has refused a line. */
async function requireWritable(url: string): Promise<void> {
  const { ok } = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(CHECK_WITHIN_MS) });
  if (!ok) throw new Error('The ledger cannot be written');
}
