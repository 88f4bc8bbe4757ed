import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

/**
 * The text and personal data of a command, stored under the command's id. Only that id passes through Temporal, so that
 * histories contain nothing personal.
 */
export interface CommandPayload {
  _id: string;
  tenantId: string;
  entityId: string;
  payload: Record<string, unknown>;
  createdAt: Date;
}

const KEPT_SECONDS = 7 * 24 * 3600;

export const commandPayloadSchema = new Schema<CommandPayload>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    entityId: { type: String, required: true },
    payload: { type: Schema.Types.Mixed, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'command_payloads' },
)
  .index({ tenantId: 1 })
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
