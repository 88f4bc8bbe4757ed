import { createHmac, randomUUID } from 'node:crypto';
import { GatewayUnavailable } from './gateway-errors';

export interface SandboxAccountInput {
  /** Base URL of `--role sandbox`, without a path. */
  url: string;
  /** `whsec_` and base64: the secret of its webhooks, which proves to it that we are the ones they go to. */
  secret: string;
  /** For a call, answer read. Default 5 s. */
  timeoutMs?: number;
}

/** A sandbox tenant's account at the simulated gateway, as a whole. Both throw `GatewayUnavailable` where it did not do what was asked. */
export interface SandboxAccount {
  /** Changes nothing. */
  requireReachable: (tenantId: string) => Promise<void>;
  /** Empties it: charges, keys, cards seen, events owed. On its disk once this resolves; safe to repeat. */
  reset: (tenantId: string) => Promise<void>;
}

export function createSandboxAccount({ url, secret, timeoutMs = 5000 }: SandboxAccountInput): SandboxAccount {
  const call = async (tenantId: string, path: string, init: { method?: string; body?: string; signature?: Record<string, string> } = {}): Promise<void> => {
    const { signature = {}, ...request } = init;
    const headers = { authorization: `Bearer ${tenantId}`, ...signature };
    let said: string;
    try {
      const response = await fetch(`${url}${path}`, { ...request, headers, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
      await response.text();
      if (response.ok) return;
      said = `it answered ${response.status}`;
    } catch (error) {
      throw new GatewayUnavailable({ call: 'account', reason: (error as Error).name, cause: error });
    }
    throw new GatewayUnavailable({ call: 'account', reason: said });
  };

  return {
    requireReachable: (tenantId) => call(tenantId, '/v1/account'),
    reset(tenantId) {
      const body = JSON.stringify({ type: 'account.reset', data: { account: tenantId } });
      return call(tenantId, '/v1/reset', { method: 'POST', signature: sign({ secret, body }), body });
    },
  };
}

/** Standard Webhooks 1.0 (symmetric, `v1`): HMAC-SHA256 over `id.timestamp.body`. */
function sign({ secret, body }: { secret: string; body: string }): Record<string, string> {
  const [id, timestamp] = [`msg_${randomUUID()}`, String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
