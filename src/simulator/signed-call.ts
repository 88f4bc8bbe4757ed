import type { IncomingMessage } from 'node:http';
import { readText } from './request-body';
import { RequestRefused } from './request-refused';
import { callHeaders, CALL_TOLERANCE_S, digestOf, isCallSigned } from '../contracts/simulator/simulator-call';

/** A call whose headers the platform has signed. */
export interface SignedCall {
  account: string;
  /**
   * Returns the body as text, at most 64 KB.
   * @throws RequestRefused 401 for another body than the signed one, 413
   */
  readText(): Promise<string>;
}

export interface RequireSignedInput {
  request: IncomingMessage;
  secret: string;
  nowMs: number;
}

/**
 * Accepts a call of the platform, by its headers alone: the body of any other caller is never read.
 *
 * @throws RequestRefused 401
 */
export function requireSigned({ request, secret, nowMs }: RequireSignedInput): SignedCall {
  const { method = '', url: path = '' } = request;
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const account = header(callHeaders.account);
  const digest = header(callHeaders.digest);
  const timestamp = header(callHeaders.timestamp);
  const signature = header(callHeaders.signature);
  if (!account || !digest || !timestamp || !signature)
    throw refuse(`only the platform may call: sign the call, with ${Object.values(callHeaders).join(', ')}`);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs / 1000 - Number(timestamp)) > CALL_TOLERANCE_S)
    throw refuse(`${callHeaders.timestamp} is more than ${CALL_TOLERANCE_S} s away from the clock here`);
  const idempotencyKey = header('idempotency-key');
  const call = { method, path, account, digest, timestamp: Number(timestamp), idempotencyKey };
  if (!isCallSigned({ ...call, secret, signature }))
    throw refuse('the signature is not that of this call; SANDBOX_WEBHOOK_SECRET must be the same on both sides');
  return {
    account,
    async readText() {
      const text = await readText(request);
      if (digestOf(text) !== digest) throw refuse('the body is not the one that was signed');
      return text;
    },
  };
}

const refuse = (reason: string) => new RequestRefused(401, 'not_signed', `Nothing was done: ${reason}`);
