import { signSimulatorCall } from '../../contracts/simulator/simulator-call';

export interface CallSimulatorInput {
  /** Base URL of the simulator's operations, without a path. */
  url: string;
  /** The secret that the platform and the simulator share, `whsec_` and base64. */
  secret: string;
  method: 'GET' | 'POST';
  /** Path with query. */
  path: string;
  /** The account at the simulator. */
  tenantId: string;
  idempotencyKey?: string;
  body?: object;
  /** For the whole call, including reading the response. */
  timeoutMs: number;
}

/** Makes one signed call to the simulator. Throws what `fetch` throws. */
export function callSimulator(input: CallSimulatorInput): Promise<Response> {
  const { secret, method, tenantId: account, idempotencyKey, timeoutMs } = input;
  const target = new URL(`${input.url}${input.path}`);
  const path = `${target.pathname}${target.search}`;
  const body = input.body && JSON.stringify(input.body);
  const signed = signSimulatorCall({ secret, method, path, account, idempotencyKey, body, nowMs: Date.now() });
  return fetch(target, {
    method,
    headers: { ...signed, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body,
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  });
}
