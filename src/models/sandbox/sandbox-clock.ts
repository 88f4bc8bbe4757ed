import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/**
 * The lead of a sandbox tenant's clock over real time, and the reset that is running. A tenant without a document has
 * real time and has never had another time.
 */
export interface SandboxClock {
  /** The tenant's id. */
  _id: string;
  tenantId: string;
  offsetMs: number;
  /** The operation that advances the clock; null when none does. As the tenant's id is the key, only one can. */
  advancing: string | null;
  /** The number of resets that have begun: no reset lies between two equal readings. */
  resets?: number;
  /** The reset that is emptying the sandbox; the reset of a process that died expires at `until` (real time). */
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
