import { Schema } from 'mongoose';
import type { EntityType } from '../contracts/entity-types';
import type { EventType } from '../contracts/events';
import type { Actor } from '../domain/actor';
import { schemaOptions } from './schema-options';

/**
 * One thing that happened to an entity: an entry of the timeline that people read, and the proof that a step was
 * applied. `step` is unique per entity, so the same step can be recorded, and so applied, only once.
 */
export interface Event {
  _id: string;
  tenantId: string;
  entityType: EntityType;
  entityId: string;
  step: string;
  type: EventType;
  /** The entity's state and version after the event. */
  state: string;
  version: number;
  at: Date;
  by: Actor;
  data: Record<string, unknown>;
  correlationId: string;
}

export const eventSchema = new Schema<Event>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    entityType: { type: String, required: true },
    entityId: { type: String, required: true },
    step: { type: String, required: true },
    type: { type: String, required: true },
    state: { type: String, required: true },
    version: { type: Number, required: true },
    at: { type: Date, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    correlationId: { type: String, required: true },
  },
  { ...schemaOptions, collection: 'events' },
)
  .index({ tenantId: 1, entityId: 1, step: 1 }, { unique: true })
  .index({ tenantId: 1, entityId: 1, version: 1, _id: 1 })
  .index({ tenantId: 1, _id: 1 }, { name: 'tenant_in_order' })
  // Reports read the events of some types in a window, type by type.
  .index({ tenantId: 1, type: 1, at: 1, _id: 1 });
