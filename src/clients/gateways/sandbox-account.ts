import { GatewayUnavailable } from './gateway-errors';
import { callSimulator } from './sandbox-call';

export interface SandboxAccountInput {
  /** Base URL of the simulator's operations, without a path. */
  url: string;
  /** `whsec_` and base64: the secret that the simulator has too. */
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
  const call = async (tenantId: string, method: 'GET' | 'POST', path: string): Promise<void> => {
    let reason: string;
    try {
      const response = await callSimulator({ url, secret, method, path, tenantId, timeoutMs });
      await response.text();
      if (response.ok) return;
      reason = `it responded with ${response.status}`;
    } catch (error) {
      throw new GatewayUnavailable({ call: 'account', reason: (error as Error).name, cause: error });
    }
    throw new GatewayUnavailable({ call: 'account', reason });
  };

  return {
    requireReachable: (tenantId) => call(tenantId, 'GET', '/v1/account'),
    reset: (tenantId) => call(tenantId, 'POST', '/v1/reset'),
  };
}
