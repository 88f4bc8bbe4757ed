import type { Database } from '../models/database';

export interface FindPayloadInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  entityId: string;
  /** Null for a step without a command. */
  commandId: string | null;
}

/** Returns the texts and tokens that the api stored for a command; empty where it stored none. */
export async function findPayload({
  database,
  tenantId,
  entityId,
  commandId,
}: FindPayloadInput): Promise<Record<string, unknown>> {
  if (commandId === null) return {};
  const kept = await database.models.commandPayloads.findOne({ _id: commandId, tenantId, entityId }).lean();
  return kept?.payload ?? {};
}
