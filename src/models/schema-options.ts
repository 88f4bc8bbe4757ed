import type { SchemaOptions } from 'mongoose';

/**
 * The options of every schema here: ids are our own, times are business times that we set ourselves, our `version`
 * replaces Mongoose's, and collections and indexes are created one after another at boot (see ensure-indexes.ts), never
 * on first use.
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

/**
 * The options of the entities that somebody follows by their writes: the reconciler, which compares them with their
 * workflows, or a partner, who follows listings. Mongoose sets `touchedAt` in every update of theirs, a pipeline's
 * included, and `insertDocuments` sets it in every document. What writes past both to a reconciled entity is refused at
 * the end of a test run (scripts/checks/queries/judge-touch.ts).
 */
export const reconciledOptions = {
  ...schemaOptions,
  timestamps: { createdAt: false, updatedAt: 'touchedAt' },
} as const satisfies SchemaOptions;

/** A process-driven entity: the fields that a guarded transition reads and writes on any of them. */
export interface Entity {
  _id: string;
  tenantId: string;
  state: string;
  /** Increases by one with every change; the ETag, and the order of events. */
  version: number;
  /** First run id of the workflow chain that owns the entity; null until a chain claims it. */
  chain: string | null;
  correlationId: string;
  createdAt: Date;
  updatedAt: Date;
  /**
   * The machine's time of the last write, whatever the sandbox's clock says, for the reconciler and for who follows
   * listings. Set by the write itself (`reconciledOptions`), so nobody passes it.
   */
  touchedAt?: Date;
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

/** The fields of the entities that somebody follows by their writes; see `reconciledOptions`. */
export const reconciledFields = { ...entityFields, touchedAt: { type: Date } } as const;
