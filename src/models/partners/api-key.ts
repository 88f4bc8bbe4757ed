import { Schema } from 'mongoose';
import type { Mode, Scope } from '../../domain/tenant';
import { schemaOptions } from '../schema-options';

export interface ApiKey {
  _id: string;
  tenantId: string;
  partnerId: string;
  mode: Mode;
  scopes: Scope[];
  name: string | null;
  /** SHA-256 of the key, hex. The key itself has 256 random bits, so a plain hash is enough. */
  hash: string;
  hint: string;
  createdAt: Date;
  revokedAt: Date | null;
}

export const apiKeySchema = new Schema<ApiKey>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    partnerId: { type: String, required: true },
    mode: { type: String, required: true },
    scopes: { type: [String], required: true },
    name: { type: String, default: null },
    hash: { type: String, required: true },
    hint: { type: String, required: true },
    createdAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'api_keys' },
)
  .index({ hash: 1 }, { unique: true })
  .index({ partnerId: 1, _id: -1 });
