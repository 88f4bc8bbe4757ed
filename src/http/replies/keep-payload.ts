import type { Database } from '../../models/database';

export interface KeepPayloadInput<Payload extends Record<string, unknown>> {
  database: Database;
  tenantId: string;
  entityId: string;
  commandId: string;
  payload: Payload;
}

/**
 * Keeps what a command says under its id, while only the id travels. The first to be kept stays: a repeat of the
 * command is answered with it, so that what was made up for it (an id) is the same in every attempt.
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
