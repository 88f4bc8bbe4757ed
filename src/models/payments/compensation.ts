import { Schema } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { GatewayCall } from '../../domain/payments/payment';
import { schemaOptions } from '../schema-options';
import type { EntityType } from '../../contracts/entity-types';

/**
 * `intent`: it is about to be asked for, or nobody knows whether it happened. `none`: it certainly did not happen.
 * `done`: it happened. `compensating`: its undoing is under way; `stuck`: the undoing keeps failing (and goes on being
 * tried). `compensated`: undone. `waived`: an operator took it upon themselves.
 */
export const compensationStates = ['intent', 'none', 'done', 'compensating', 'stuck', 'compensated', 'waived'] as const;
export type CompensationState = (typeof compensationStates)[number];

/** One side effect abroad, written down before it is asked for. One per key of the gateway. */
export interface Compensation {
  _id: string;
  tenantId: string;
  /** The key it is asked for with, `pay_1:authorise:1`. */
  key: string;
  entityType: EntityType;
  entityId: string;
  effect: GatewayCall | 'refund';
  state: CompensationState;
  /** Whether a call may have reached the gateway; false: it certainly did not happen so far. */
  sent: boolean;
  /** When the first call that may have reached the gateway was made, in business time; null while none has. */
  sentAt: Date | null;
  /** How often undoing it failed since the last success or retry. */
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
  .index({ state: 1, _id: 1 })
  .index({ tenantId: 1, state: 1, _id: 1 });
