import { randomUUID } from 'node:crypto';
import { GatewayUnavailable } from './gateway-errors';
import { signWebhook } from '../../contracts/webhook-signature';

export interface SandboxAccountInput {
  /** Base URL of `--role sandbox`, without a path. */
  url: string;
  /** `whsec_` and base64: the secret of its webhooks, which proves to it that we are the ones they go to. */
  secret: string;
  /** For a call, answer read. Default 5 s. */
  timeoutMs?: number;
}

/**
 * A sandbox tenant's account at the simulated gateway, as a whole. Both throw `GatewayUnavailable` where it did not do
 * what was asked.
 */
export interface SandboxAccount {
  /** Changes nothing. */
  requireReachable: (tenantId: string) => Promise<void>;
  /** Empties it: charges, keys, cards seen, events owed. On its disk once this resolves; safe to repeat. */
  reset: (tenantId: string) => Promise<void>;
}

export function createSandboxAccount({ url, secret, timeoutMs = 5000 }: SandboxAccountInput): SandboxAccount {
  const call = async (
    tenantId: string,
    path: string,
    request: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<void> => {
    const headers = { authorization: `Bearer ${tenantId}`, ...request.headers };
    let said: string;
    try {
      const response = await fetch(`${url}${path}`, {
        ...request,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
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
      const signature = signWebhook({
        secret,
        id: `msg_${randomUUID()}`,
        timestamp: Math.floor(Date.now() / 1000),
        body,
      });
      return call(tenantId, '/v1/reset', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...signature },
        body,
      });
    },
  };
}
