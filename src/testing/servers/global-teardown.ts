import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from './servers';

/** Stops the servers that the global set-up started and removes their data. */
export default async function stopSharedServers(): Promise<void> {
  if (globalThis.sharedTestServers === undefined) return;
  await globalThis.sharedTestServers.stop();
  rmSync(join(checkoutRoot(__dirname), '.platform-test', `shared-${process.pid}`), { recursive: true, force: true });
}
