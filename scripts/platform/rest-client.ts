import { randomUUID } from 'node:crypto';

const ANSWER_WITHIN_MS = 15_000;

export interface RestCall {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

export interface RestAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The API as a partner's program sees it. */
export interface RestClient {
  /** Any answer, also a refusal. */
  ask: (call: RestCall) => Promise<RestAnswer>;
  /** @throws unless the answer is 2xx, with what the problem document says. */
  call: (call: RestCall) => Promise<Record<string, unknown>>;
}

export function createRestClient({ base, key }: { base: string; key: string }): RestClient {
  const ask = async ({ method, path, body }: RestCall): Promise<RestAnswer> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : asObject(text) };
  };
  const call = async (request: RestCall): Promise<Record<string, unknown>> => {
    const { status, body } = await ask(request);
    if (status >= 200 && status < 300) return body;
    throw new Error(`${request.method} ${request.path} answered ${status} ${describeProblem(body)}`);
  };
  return { ask, call };
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
