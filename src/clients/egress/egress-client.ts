import { isAddressAllowed } from '../../domain/egress/judge-address';
import { judgeUrl } from '../../domain/egress/judge-url';
import type { EgressPolicy } from '../../domain/egress/egress-policy';
import { tenantOf, type Mode } from '../../domain/tenant';
import { EgressRefused } from './egress-errors';
import { exchange, type EgressAnswer, type IsEnough } from './exchange';
import { openSocket } from './open-socket';
import { createResolveName } from './resolve-name';

export interface EgressRequest {
  /** The tenant whose URL it is. */
  tenantId: string;
  url: string;
  /** Set where http may be called too. */
  allowsHttp?: boolean;
  /** Defaults to GET. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** The response's body is read up to here. */
  maxBytes: number;
  /** Ends the call before the body's end where what came decides: a peer that stalls is not waited for. */
  isEnough?: IsEnough;
  /** Milliseconds for all of it: names, connections, redirects and the response. */
  timeoutMs: number;
  /** Redirects that are followed, at most 3; none by default, and only for GET. A further one is the answer. */
  redirects?: 0 | 1 | 2 | 3;
}

/** Calls URLs that others chose. */
export interface EgressClient {
  /**
   * Calls a URL and returns the response, whatever its status. Each address of its name is judged when the connection
   * is made, one bad address refuses the name, and the socket goes to a judged one; the same for each redirect.
   * @throws EgressRefused, EgressUnavailable
   */
  call: (request: EgressRequest) => Promise<EgressAnswer>;
}

export interface EgressClientInput {
  policy: EgressPolicy;
  /** Addresses of name servers, `ip` or `ip:port`; those of the system where there are none. */
  dnsServers: readonly string[];
  /** The proxy that is told which address to connect to; null for none. The environment's proxies are ignored. */
  proxyUrl: string | null;
  /** Milliseconds to connect to each address of a name but the last. Defaults to 1000. */
  attemptMs?: number;
  /** Certificates that are trusted besides Node's own, in PEM. */
  certificateAuthorities?: readonly string[];
}

/** Creates the only client that may call a URL that somebody else chose. */
export function createEgressClient({ policy, dnsServers, ...connection }: EgressClientInput): EgressClient {
  const resolveName = createResolveName(dnsServers);

  async function callOnce(request: EgressRequest & { mode: Mode; signal: AbortSignal }): Promise<EgressAnswer> {
    const { mode, signal, allowsHttp, method = 'GET', headers = {}, body = null, maxBytes, isEnough } = request;
    const { refusedBy, target } = judgeUrl({ url: request.url, mode, policy, allowsHttp });
    if (refusedBy !== null) throw new EgressRefused(refusedBy);
    const addresses = target.addresses ?? (await resolveName(target.host, signal));
    const { url, port } = target;
    // Here, and not when the URL was stored: a name may have another address by now.
    if (!addresses.every((address) => isAddressAllowed({ address, port, mode, policy })))
      throw new EgressRefused('host');
    const socket = await openSocket({ ...connection, target, addresses, signal });
    return exchange({ url, socket, method, headers, body, maxBytes, isEnough, signal });
  }

  return {
    async call(request) {
      const { mode } = tenantOf(request.tenantId);
      const signal = AbortSignal.timeout(request.timeoutMs);
      const redirects = (request.method ?? 'GET') === 'GET' ? (request.redirects ?? 0) : 0;
      let [url, followed] = [request.url, 0];
      for (;;) {
        const answer = await callOnce({ ...request, url, mode, signal });
        const next = redirectOf(answer, url);
        if (next === null || followed >= redirects) return answer;
        [url, followed] = [next, followed + 1];
      }
    },
  };
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Returns the URL that a response redirects to; null for another response, and for a location that is no URL. */
function redirectOf({ status, headers: { location } }: EgressAnswer, from: string): string | null {
  if (!redirectStatuses.has(status) || location === undefined || !URL.canParse(location, from)) return null;
  return new URL(location, from).href;
}
