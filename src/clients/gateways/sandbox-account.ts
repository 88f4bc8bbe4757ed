import { randomUUID } from 'node:crypto';
import { GatewayUnavailable } from './gateway-errors';
import { signWebhook } from '../../contracts/webhook-signature';

export interface SandboxAccountInput {
  /** Base URL of `--role sandbox`, without a path. */
  url: string;
  /** `whsec_` and base64: the secret of the simulator's webhooks, which proves to it that we are their receiver. */
  secret: string;
  /** Milliseconds for a call, including reading the response. Defaults to 5 s. */
  timeoutMs?: number;
}

/**
 * A sandbox tenant's account at the simulator, as a whole. Both functions throw `GatewayUnavailable` when the simulator
 * did not do as requested.
 */
export interface SandboxAccount {
  /** Resolves when the simulator responds; changes nothing. */
  requireReachable: (tenantId: string) => Promise<void>;
  /**
   * Deletes the account's charges, keys, cards seen and events due. On the simulator's disk once this resolves; safe to
   * repeat.
   */
  reset: (tenantId: string) => Promise<void>;
}

export function createSandboxAccount({ url, secret, timeoutMs = 5000 }: SandboxAccountInput): SandboxAccount {
  const call = async (
    tenantId: string,
    path: string,
    request: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<void> => {
    const headers = { authorization: `Bearer ${tenantId}`, ...request.headers };
    let reason: string;
    try {
      const response = await fetch(`${url}${path}`, {
        ...request,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      await response.text();
      if (response.ok) return;
      reason = `it responded with ${response.status}`;
    } catch (error) {
      throw new GatewayUnavailable({ call: 'account', reason: (error as Error).name, cause: error });
    }
    throw new GatewayUnavailable({ call: 'account', reason });
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
