import { Schema } from 'mongoose';
import type { EntityType } from '../../contracts/entity-types';
import type { MailTemplate } from '../../contracts/mails';
import type { MailAudience, SandboxMailState } from '../../domain/mail-delivery';
import { schemaOptions } from '../schema-options';

/** A mail of a sandbox, kept for a week of real time whether it was withheld or sent. It never changes. */
export interface SandboxMail {
  _id: string;
  tenantId: string;
  state: SandboxMailState;
  template: MailTemplate;
  audience: MailAudience;
  /** Null for the operator, whose address is not the sandbox's business. */
  to: string | null;
  /** The address in the form in which addresses are compared. */
  toKey: string | null;
  subject: string;
  text: string;
  entityType: EntityType;
  entityId: string;
  correlationId: string;
  /** Business time. */
  createdAt: Date;
  /** Real time. */
  keptSince: Date;
}

const KEPT_SECONDS = 7 * 24 * 3600;

export const sandboxMailSchema = new Schema<SandboxMail>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    state: { type: String, required: true },
    template: { type: String, required: true },
    audience: { type: String, required: true },
    to: { type: String, default: null },
    toKey: { type: String, default: null },
    subject: { type: String, required: true },
    text: { type: String, required: true },
    entityType: { type: String, required: true },
    entityId: { type: String, required: true },
    correlationId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    keptSince: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'sandbox_mails' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, toKey: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, entityId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, template: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, template: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ keptSince: 1 }, { expireAfterSeconds: KEPT_SECONDS });
