import type { ApiKey } from '../src/models/api-key';
import type { Database } from '../src/models/database';
import type { Partner } from '../src/models/partner';
import type { User } from '../src/models/user';

export const benchKey = `pk_sandbox_${'b'.repeat(43)}`;
const at = new Date('2026-01-01T00:00:00Z');
const partnerId = 'ptn_01m7y3ad3af6e964zt6px52w8e';
const tenantId = `${partnerId}:sandbox`;
export const benchIds = { partnerId, tenantId, userId: 'usr_01m7y3ad3af6e964zt6px52w8e' };

/** The documents that the measured requests read. */
export const documents = {
  partner: { _id: partnerId, name: 'Bench', timeZone: 'UTC', locale: 'en', reviewers: [], metadata: {}, version: 1, createdAt: at, updatedAt: at } as unknown as Partner,
  apiKey: (hash: string): ApiKey => ({ _id: 'key_01m7y3ad3af6e964zt6px52w8e', tenantId, partnerId, mode: 'sandbox', scopes: ['read', 'write'], name: null, hash, hint: 'pk_…', createdAt: at, revokedAt: null }),
  user: {
    _id: benchIds.userId, tenantId, state: 'active', version: 1, chain: null, correlationId: 'bench', createdAt: at, updatedAt: at, onboardingId: 'onb_01m7y3ad3af6e964zt6px52w8e',
    email: 'bench@example.com', emailKey: 'bench@example.com', holdsEmail: true, name: 'Bench', locale: 'en', timeZone: 'UTC', profile: null, metadata: {},
  } as User,
};

export async function seed({ models }: Database, keyHash: string): Promise<void> {
  await models.partners.insertMany([documents.partner]);
  await models.apiKeys.insertMany([documents.apiKey(keyHash)]);
  await models.users.insertMany([documents.user]);
}
