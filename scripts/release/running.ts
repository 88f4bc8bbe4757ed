import { setTimeout } from 'node:timers/promises';
import { clusterOf, type App } from './app.ts';
import { listProcesses } from './pm2.ts';
import { readReadiness, type Readiness } from './readiness.ts';

/** An instance whose predecessor has just ended takes its admin port over within this time. */
const TAKES_OVER_WITHIN_MS = 3000;
const POLL_MS = 200;

/** Resolves to a line for each process of the app: what it is and how it is. */
export async function describeProcesses(app: App): Promise<string[]> {
  return Promise.all(
    (await adminPortsOf(app)).map(async (port) => {
      const readiness = await readSettled(port);
      if (readiness === null) return `${app.name} at admin port ${port} does not answer`;
      const { pid, status, version, buildId } = readiness;
      return `${app.name}, process ${pid}, ${status}, version ${version}, build ${buildId}`;
    }),
  );
}

/** Resolves to true when a process of the app is of this build. */
export async function runsBuild(app: App, buildId: string): Promise<boolean> {
  const all = await Promise.all((await adminPortsOf(app)).map(readSettled));
  return all.some((readiness) => readiness?.buildId === buildId);
}

/** Resolves to the primary of an app that runs its instances itself, or to null when none answers. */
export async function readPrimary(app: App): Promise<Readiness | null> {
  const [primary] = await listProcesses(app.name);
  const count = clusterOf(app);
  return primary === undefined || count === null ? null : readReadiness(primary.adminPort + count);
}

/** Resolves to the admin ports of the app's processes. */
async function adminPortsOf(app: App): Promise<number[]> {
  const count = clusterOf(app) ?? 1;
  const processes = await listProcesses(app.name);
  return processes.flatMap(({ adminPort }) => Array.from({ length: count }, (_, number) => adminPort + number));
}

async function readSettled(adminPort: number): Promise<Readiness | null> {
  const begun = performance.now();
  for (;;) {
    const readiness = await readReadiness(adminPort);
    if (readiness !== null || performance.now() - begun > TAKES_OVER_WITHIN_MS) return readiness;
    await setTimeout(POLL_MS);
  }
}
