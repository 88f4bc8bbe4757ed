import { Resolver } from 'node:dns/promises';
import { EgressUnavailable } from './egress-errors';

/**
 * Returns every address of a name.
 * @throws EgressUnavailable `name` where it has none, `timeout` where the signal comes first
 */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/** c-ares, not the system's resolver: there two dead names hold up every other look-up of the process. */
const LOOK_UP = { timeout: 2000, tries: 2 } as const;

/** Creates the resolver of names that others chose. Without servers those of the system are asked. */
export function createResolveName(servers: readonly string[]): ResolveName {
  return async (name, signal) => {
    // One for each name, because cancelling ends all look-ups of a resolver.
    const resolver = new Resolver(LOOK_UP);
    if (servers.length > 0) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    signal.removeEventListener('abort', cancel);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (signal.aborted) throw new EgressUnavailable('timeout');
    if (addresses.length === 0) throw new EgressUnavailable('name');
    return addresses;
  };
}
