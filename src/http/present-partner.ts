import type { ApiKey } from '../models/api-key';
import type { Partner } from '../models/partner';
import type { components } from './openapi-types';

export const presentPartner = ({ _id, name, timeZone, locale, reviewers, metadata, createdAt, updatedAt }: Partner): components['schemas']['Partner'] => ({
  id: _id, name, timeZone, locale, reviewers, metadata, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString(),
});

export const presentApiKey = ({ _id, partnerId, mode, scopes, name, hint, createdAt, revokedAt }: ApiKey): components['schemas']['ApiKey'] => ({
  id: _id, partnerId, mode, scopes, name, hint, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null,
});
