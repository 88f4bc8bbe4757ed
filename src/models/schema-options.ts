import type { SchemaOptions } from 'mongoose';

/**
 * How every schema here is made: ids are our own, times are business times we set ourselves, our `version` replaces
 * Mongoose's, and collections and indexes are made one after another at boot (see ensure-indexes.ts), never on first
 * use.
 */
export const schemaOptions = {
  _id: false,
  id: false,
  versionKey: false,
  strict: 'throw',
  autoCreate: false,
  autoIndex: false,
  minimize: false,
} as const satisfies SchemaOptions;

/** A process-driven entity: what a guarded transition reads and writes on any of them. */
export interface Entity {
  _id: string;
  tenantId: string;
  state: string;
  /** Grows by one with every change; the ETag, and the order of events. */
  version: number;
  /** First run id of the workflow chain that owns the entity; null until one claims it. */
  chain: string | null;
  correlationId: string;
  createdAt: Date;
  updatedAt: Date;
}

export const entityFields = {
  _id: { type: String, required: true },
  tenantId: { type: String, required: true },
  state: { type: String, required: true },
  version: { type: Number, required: true, default: 1 },
  chain: { type: String, default: null },
  correlationId: { type: String, required: true },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
} as const;
