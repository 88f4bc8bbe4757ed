import { randomUUID } from 'node:crypto';

const RESPONSE_WITHIN_MS = 15_000;

export interface RestCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

export interface RestResponse {
  status: number;
  body: Record<string, unknown>;
}

/** A client of the API, as in a partner's program. */
export interface RestClient {
  /** Returns any response, also an error. */
  send: (call: RestCall) => Promise<RestResponse>;
  /** Returns the body of a 2xx response. @throws for any other response, with the text of the problem document. */
  call: (call: RestCall) => Promise<Record<string, unknown>>;
}

export function createRestClient({ base, key }: { base: string; key: string }): RestClient {
  const send = async ({ method, path, body }: RestCall): Promise<RestResponse> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(RESPONSE_WITHIN_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : asObject(text) };
  };
  const call = async (request: RestCall): Promise<Record<string, unknown>> => {
    const { status, body } = await send(request);
    if (status >= 200 && status < 300) return body;
    throw new Error(`${request.method} ${request.path} returned ${status} ${describeProblem(body)}`);
  };
  return { send, call };
}

function asObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

const describeProblem = ({ code, detail, errors }: Record<string, unknown>): string =>
  [code, detail, errors === undefined ? undefined : JSON.stringify(errors)]
    .filter((part) => part !== undefined)
    .map(String)
    .join(': ');
