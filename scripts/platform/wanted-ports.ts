import { MAX_PORT } from '../embedded/ports.ts';
import { PROCESSES } from './process-list.ts';

/** A port that a process is to have: that of its variable, or else the preferred one; 0 for any. */
export interface WantedPort {
  name: string;
  variable: string;
  port: number;
}

/** Returns the ports on which the processes are to serve. @throws Error that names a variable which holds no port */
export function wantedPorts(env: NodeJS.ProcessEnv): WantedPort[] {
  return PROCESSES.flatMap(({ name, ports }) =>
    ports.map(({ variable, preferred }) => {
      const text = env[variable] || String(preferred);
      const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(port <= MAX_PORT))
        throw new Error(`${variable} is ${JSON.stringify(text)}; it has to be a port, and 0 takes a free one`);
      return { name, variable, port };
    }),
  );
}
