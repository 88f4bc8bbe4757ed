import { randomUUID } from 'node:crypto';

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
  const partner = await operator.post<{ id: string }>('/partners', {
    body: { name: 'Black Box Ltd', timeZone: 'Europe/Berlin', locale: 'en', reviewers },
  });
  const created = await operator.post<{ id: string; key: string }>(`/partners/${partner.body.id}/api-keys`, {
    body: { mode, scopes: ['read', 'write', 'review'] },
  });
  if (created.status !== 201) throw new Error(`No key: ${created.status} ${JSON.stringify(created.body)}`);
  return {
    operator,
    partnerId: partner.body.id,
    apiKey: created.body.key,
    app: createPartnerApp({ api, apiKey: created.body.key }),
  };
}
