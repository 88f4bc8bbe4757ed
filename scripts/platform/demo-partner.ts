import { createRestClient } from './rest-client.ts';

export interface EnsureSandboxKeyInput {
  api: string;
  operatorKey: string;
  /** From an earlier start; used as long as the API knows it. */
  sandboxKey: string | null;
}

/** A sandbox key of the demo partner: the earlier one while it works, otherwise a new partner's. */
export async function ensureSandboxKey({ api, operatorKey, sandboxKey }: EnsureSandboxKeyInput): Promise<string> {
  if (sandboxKey !== null) {
    const { status, body } = await createRestClient({ base: api, key: sandboxKey }).ask({ method: 'GET', path: '/me' });
    if (status === 200) return sandboxKey;
    if (status !== 401) throw new Error(`GET /me answered ${status} ${JSON.stringify(body)} to the demo partner's key`);
  }
  const operator = createRestClient({ base: api, key: operatorKey });
  const partner = await operator.call({
    method: 'POST',
    path: '/partners',
    body: { name: 'Demo Partner', timeZone: 'Europe/Berlin', locale: 'en', reviewers: ['reviewer@demo-partner.test'] },
  });
  const { key } = await operator.call({
    method: 'POST',
    path: `/partners/${String(partner.id)}/api-keys`,
    body: { mode: 'sandbox', scopes: ['read', 'write', 'review'], name: 'npm start' },
  });
  return String(key);
}
