import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/**
 * How far a sandbox tenant's clock is ahead of real time, and whether the sandbox is being reset. A tenant without a
 * document has real time and never was.
 */
export interface SandboxClock {
  /** The tenant's id. */
  _id: string;
  tenantId: string;
  offsetMs: number;
  /** The operation that advances it; null when none does. The document's key makes it one at a time. */
  advancing: string | null;
  /** How many resets have begun: two readings that agree have none between them. */
  resets?: number;
  /** The reset that empties the sandbox; one whose process died gives way at `until` (real time). */
  resetting?: { by: string; until: Date } | null;
  /** Real time. */
  updatedAt: Date;
}

export const sandboxClockSchema = new Schema<SandboxClock>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    offsetMs: { type: Number, required: true },
    advancing: { type: String, default: null },
    resets: { type: Number, default: 0 },
    resetting: { type: Schema.Types.Mixed, default: null },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'sandbox_clocks' },
);
