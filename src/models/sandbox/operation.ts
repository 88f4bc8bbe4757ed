import { Schema } from 'mongoose';
import type {
  OperationFailure,
  OperationState,
  OperationType,
  OrderedBackfill,
  OrderedSweep,
} from '../../contracts/operation';
import type { Actor } from '../../domain/actor';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

/** A long-running request of a tenant, with its progress. Times are the tenant's. */
export interface Operation extends Entity {
  type: OperationType;
  state: OperationState;
  from: Date;
  target: Date;
  /** The time that every process of the tenant has reached. */
  reached: Date;
  /** The same three times as their lead over real time, in ms: exact however long the operation takes. */
  offsets: { fromMs: number; targetMs: number; reachedMs: number };
  /** The distance in days of 24 hours. Days on which nothing happens are skipped and count as done. */
  hops: { done: number; total: number };
  /** The events recorded since the operation was accepted, counted by type. */
  fired: { type: string; count: number }[];
  failure: OperationFailure | null;
  /** The order of `expire_listings` and what it has done; null for every other type. */
  sweep: OrderedSweep | null;
  /** The order of `backfill_reports`; absent for every other type. */
  backfill?: OrderedBackfill | null;
  by: Actor;
}

export const operationSchema = new Schema<Operation>(
  {
    ...entityFields,
    type: { type: String, required: true },
    from: { type: Date, required: true },
    target: { type: Date, required: true },
    reached: { type: Date, required: true },
    offsets: { type: Schema.Types.Mixed, required: true },
    hops: { type: Schema.Types.Mixed, required: true },
    fired: { type: Schema.Types.Mixed, required: true },
    failure: { type: Schema.Types.Mixed, default: null },
    sweep: { type: Schema.Types.Mixed, default: null },
    backfill: { type: Schema.Types.Mixed, default: null },
    by: { type: Schema.Types.Mixed, required: true },
  },
  { ...schemaOptions, collection: 'operations' },
)
  .index({ tenantId: 1, _id: -1 })
  .index({ tenantId: 1, state: 1, 'backfill.scheduleId': 1 })
  .index({ state: 1, _id: 1 });
