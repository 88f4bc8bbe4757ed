import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

/** How far a sandbox tenant's clock is ahead of real time. A tenant without a document has real time. */
export interface SandboxClock {
  /** The tenant's id. */
  _id: string;
  tenantId: string;
  offsetMs: number;
  /** The operation that advances it; null when none does. The document's key makes it one at a time. */
  advancing: string | null;
  /** Real time. */
  updatedAt: Date;
}

export const sandboxClockSchema = new Schema<SandboxClock>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    offsetMs: { type: Number, required: true },
    advancing: { type: String, default: null },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'sandbox_clocks' },
);
