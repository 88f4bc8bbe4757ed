import { createRestClient } from './rest-client.ts';

export interface EnsureSandboxKeyInput {
  api: string;
  operatorKey: string;
  /** The key of an earlier start, used as long as the API knows it; null at the first start. */
  sandboxKey: string | null;
}

/**
 * Returns a sandbox key of the demo partner: the earlier key while it works, otherwise the key of a new
 * partner, whose day is summed up at 06:00.
 */
export async function ensureSandboxKey({ api, operatorKey, sandboxKey }: EnsureSandboxKeyInput): Promise<string> {
  if (sandboxKey !== null) {
    const { status, body } = await createRestClient({ base: api, key: sandboxKey }).send({
      method: 'GET',
      path: '/me',
    });
    if (status === 200) return sandboxKey;
    if (status !== 401)
      throw new Error(`GET /me with the demo partner's key returned ${status} ${JSON.stringify(body)}`);
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
  await createRestClient({ base: api, key: String(key) }).call({
    method: 'POST',
    path: '/report-schedules',
    body: { type: 'summary', period: 'day', at: '06:00', formats: ['json', 'csv', 'html', 'pdf'] },
  });
  return String(key);
}
