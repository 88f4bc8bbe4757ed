import { Schema } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { GatewayCall } from '../../domain/payments/payment';
import { schemaOptions } from '../schema-options';
import type { EntityType } from '../../contracts/entity-types';

/**
 * `intent`: the effect is about to be requested, or its outcome is unknown. `none`: it certainly did not happen.
 * `done`: it happened. `compensating`: its undoing is under way; `stuck`: the undoing keeps failing (and is still
 * tried). `compensated`: undone. `waived`: an operator took over the undoing.
 */
export const compensationStates = ['intent', 'none', 'done', 'compensating', 'stuck', 'compensated', 'waived'] as const;
export type CompensationState = (typeof compensationStates)[number];

/** One external side effect, recorded before it is requested. One per key of the gateway. */
export interface Compensation {
  _id: string;
  tenantId: string;
  /** The idempotency key of the request, `pay_1:authorise:1`. */
  key: string;
  entityType: EntityType;
  entityId: string;
  effect: GatewayCall | 'refund';
  state: CompensationState;
  /** True when a call may have reached the gateway; false: the effect certainly has not happened so far. */
  sent: boolean;
  /** Business time of the first call that may have reached the gateway; null while there is none. */
  sentAt: Date | null;
  /** Failed attempts to undo the effect since the last success or retry. */
  failures: number;
  /** The error's class, never its text. */
  lastError: string | null;
  waived: { by: Actor; reason: string | null; at: Date } | null;
  createdAt: Date;
  updatedAt: Date;
}

export const compensationSchema = new Schema<Compensation>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    key: { type: String, required: true },
    entityType: { type: String, required: true },
    entityId: { type: String, required: true },
    effect: { type: String, required: true },
    state: { type: String, required: true },
    sent: { type: Boolean, required: true },
    sentAt: { type: Date, default: null },
    failures: { type: Number, required: true },
    lastError: { type: String, default: null },
    waived: { type: Schema.Types.Mixed, default: null },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'compensations' },
)
  .index({ tenantId: 1, key: 1 }, { unique: true })
  .index({ tenantId: 1, entityId: 1 })
  .index({ tenantId: 1, _id: 1 })
  .index({ state: 1, _id: 1 })
  .index({ tenantId: 1, state: 1, _id: 1 });
