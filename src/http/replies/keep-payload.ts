import type { Database } from '../../models/database';

export interface KeepPayloadInput<Payload extends Record<string, unknown>> {
  database: Database;
  tenantId: string;
  entityId: string;
  commandId: string;
  payload: Payload;
}

/**
 * Stores a command's payload under the command's id, so that only the id passes through Temporal. Returns the payload
 * that was stored first: a repeat of the command gets the same generated values (an id) as the first attempt.
 */
export async function keepPayload<Payload extends Record<string, unknown>>({
  database,
  tenantId,
  entityId,
  commandId,
  payload,
}: KeepPayloadInput<Payload>): Promise<Payload> {
  const kept = await database.models.commandPayloads
    .findOneAndUpdate(
      { _id: commandId },
      { $setOnInsert: { tenantId, entityId, payload, createdAt: new Date() } },
      { upsert: true, returnDocument: 'after' },
    )
    .lean();
  return kept.payload as Payload;
}
