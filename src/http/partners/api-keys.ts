import { isId, newId } from '../../domain/ids';
import { tenantIdOf } from '../../domain/tenant';
import type { ApiKey } from '../../models/partners/api-key';
import type { Database } from '../../models/database';
import { hashOfKey, newApiKey } from '../pipeline/authenticate';
import { notFound, type Handlers } from '../handler';
import { byId } from '../replies/list';
import type { PartnerHandlersInput } from './partners';
import { presentApiKey } from './present-partner';
import { insertDocuments } from '../../services/insert-documents';

/** Creates, lists and revokes a partner's keys; platform operator only. The secret is in one response, nowhere else. */
export function apiKeyHandlers({
  database,
  idempotency,
  listPage,
  basePath,
}: PartnerHandlersInput): Handlers<'createApiKey' | 'listApiKeys' | 'revokeApiKey'> {
  const { apiKeys } = database.models;
  return {
    async createApiKey(call) {
      const { partnerId } = call.params;
      const { mode, scopes, name = null } = call.body;
      await rejectUnknownPartner(database, partnerId);
      const key = newApiKey(mode);
      const created: ApiKey = {
        _id: newId('apiKey'),
        tenantId: tenantIdOf({ partnerId, mode }),
        partnerId,
        mode,
        scopes,
        name,
        hash: hashOfKey(key),
        hint: `pk_${mode}_…${key.slice(-4)}`,
        createdAt: new Date(),
        revokedAt: null,
      };
      const shown = presentApiKey(created);
      return idempotency.acceptOnce({
        call,
        async write(session) {
          await insertDocuments({ model: apiKeys, documents: [created], session });
          return {
            status: 201,
            headers: { Location: `${basePath}/partners/${partnerId}/api-keys/${created._id}` },
            body: { ...shown, key },
          };
        },
        kept: (reply) => ({ ...reply, body: { ...shown, key: null } }),
      });
    },

    async listApiKeys(call) {
      const { partnerId } = call.params;
      await rejectUnknownPartner(database, partnerId);
      return listPage({
        call,
        model: apiKeys,
        filter: { partnerId },
        by: byId(-1),
        present: (items) => items.map(presentApiKey),
      });
    },

    async revokeApiKey({ params: { partnerId, keyId } }) {
      const { matchedCount } = await apiKeys.updateOne(
        { _id: keyId, partnerId, revokedAt: null },
        { $set: { revokedAt: new Date() } },
      );
      if (matchedCount === 0 && !(await apiKeys.findOne({ _id: keyId, partnerId }, { _id: 1 }).lean()))
        throw notFound('API key');
      return { status: 204, body: null };
    },
  };
}

async function rejectUnknownPartner({ models }: Database, partnerId: string): Promise<void> {
  const partner = isId('partner', partnerId)
    ? await models.partners.findOne({ _id: partnerId }, { _id: 1 }).lean()
    : null;
  if (!partner) throw notFound('partner');
}
