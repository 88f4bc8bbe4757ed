import type { App } from './app.ts';
import type { Candidate } from './candidate.ts';
import { listProcesses, type Pm2Process } from './pm2.ts';
import { untilReady } from './readiness.ts';

/** One app that is to run the candidate. */
export interface StageInput {
  app: App;
  candidate: Candidate;
  ecosystemFile: string;
  print: (line: string) => void;
}

/** Thrown when the candidate cannot replace what runs; the message says why. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** PM2 itself waits as long for the process to say that it is ready. */
const READY_WITHIN_MS = 30_000;

/** Milliseconds within which a process of the candidate has to be ready. */
export const readyWithinMs = (): number => Number(process.env.RELOAD_READY_MS) || READY_WITHIN_MS;

/** Resolves to null when the process, as PM2 lists it, is ready with the candidate's build, or else to the reason. */
export function untilServing(
  { id, name, adminPort, restarts }: Pm2Process,
  { buildId }: Candidate,
): Promise<string | null> {
  return untilReady({
    adminPort,
    buildId,
    limitMs: readyWithinMs(),
    pid: async () => {
      const listed = (await listProcesses(name)).find((process) => process.id === id);
      const runs = listed !== undefined && listed.status === 'online' && listed.restarts === restarts;
      return runs ? listed.pid : null;
    },
  });
}
