import { randomUUID } from 'node:crypto';
import { waitFor } from '../wait-for';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
  ms: number;
}

export interface SendInput {
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

type Json = Record<string, unknown>;

/** Creates a client like a partner's app: plain HTTP with a key. */
export function createPartnerApp({ api, apiKey }: { api: string; apiKey: string }) {
  const send = async <T = Json>(
    method: string,
    path: string,
    { body, key, headers = {}, timeoutMs = 10_000 }: SendInput = {},
  ): Promise<Answer<T>> => {
    const startedAt = performance.now();
    const response = await fetch(`${api}${path}`, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(method === 'POST' ? { 'idempotency-key': key ?? randomUUID() } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
      ms: performance.now() - startedAt,
    };
  };
  return {
    get: <T = Json>(path: string, input?: SendInput) => send<T>('GET', path, input),
    post: <T = Json>(path: string, input?: SendInput) => send<T>('POST', path, input),
    put: <T = Json>(path: string, input?: SendInput) => send<T>('PUT', path, input),
    patch: <T = Json>(path: string, input?: SendInput) => send<T>('PATCH', path, input),
    delete: <T = Json>(path: string, input?: SendInput) => send<T>('DELETE', path, input),
  };
}

export type PartnerApp = ReturnType<typeof createPartnerApp>;

/** Creates a partner with a key of the given mode and all scopes that a partner needs. */
export async function enrolPartner({
  api,
  operatorKey,
  mode = 'sandbox',
  reviewers = [],
}: {
  api: string;
  operatorKey: string;
  mode?: 'live' | 'sandbox';
  reviewers?: string[];
}) {
  const operator = createPartnerApp({ api, apiKey: operatorKey });
  // Sent again under its key, as clients do: a busy platform may respond 503 to its first requests.
  const create = async <T>(path: string, body: object): Promise<T> => {
    const key = randomUUID();
    const created = await waitFor(
      async () => {
        const response = await operator.post<T>(path, { body, key });
        if (response.status !== 201) throw new Error(`${response.status} ${JSON.stringify(response.body)}`);
        return response;
      },
      { what: `201 from POST ${path}` },
    );
    return created.body;
  };
  const { id: partnerId } = await create<{ id: string }>('/partners', {
    name: 'Black Box Ltd',
    timeZone: 'Europe/Berlin',
    locale: 'en',
    reviewers,
  });
  const { key: apiKey } = await create<{ key: string }>(`/partners/${partnerId}/api-keys`, {
    mode,
    scopes: ['read', 'write', 'review'],
  });
  return { operator, partnerId, apiKey, app: createPartnerApp({ api, apiKey }) };
}
