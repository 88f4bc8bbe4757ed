import type { Connection } from 'mongoose';
import { apiKeySchema, type ApiKey } from './api-key';
import { partnerSchema, type Partner } from './partner';

/** Defines the models of the partners and their keys. */
export const partnersModels = (connection: Connection) => ({
  partners: connection.model<Partner>('Partner', partnerSchema),
  apiKeys: connection.model<ApiKey>('ApiKey', apiKeySchema),
});
