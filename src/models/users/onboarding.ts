import { Schema } from 'mongoose';
import type { StepTimes } from '../../contracts/users/onboarding-step-events';
import type { OnboardingState, OnboardingUndoing, VerificationMail } from '../../domain/users/onboarding';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';

export interface Onboarding extends Entity {
  state: OnboardingState;
  /** The instant at which the present state began, in business time. */
  since: Date;
  /** The deadline of the present state; null where it has none. */
  until: Date | null;
  userId: string;
  email: string;
  emailKey: string;
  name: string;
  locale: string;
  timeZone: string;
  requiresApproval: boolean;
  metadata: Record<string, string>;
  /** The newest verification link; only its generation is stored, and the token is derived from it. */
  verification: {
    generation: number;
    expiresAt: Date | null;
    /** The links sent again to the present address. */
    resentAt: Date[];
    /** The corrections of the address. */
    correctedAt: Date[];
    verifiedAt: Date | null;
    /** The mail with the newest link; null before the first is ordered. */
    mail: VerificationMail | null;
  };
  /** The ending of the undoing and its reason; null unless something is or was undone. */
  undoing: { towards: OnboardingUndoing; reason: string | null } | null;
  /** The summary of the steps, which `applyStep` keeps in the transaction of each event: a list reads no events. */
  stepTimes: StepTimes;
}

export const onboardingSchema = new Schema<Onboarding>(
  {
    ...reconciledFields,
    since: { type: Date, required: true },
    until: { type: Date, default: null },
    userId: { type: String, required: true },
    email: { type: String, required: true },
    emailKey: { type: String, required: true },
    name: { type: String, required: true },
    locale: { type: String, required: true },
    timeZone: { type: String, required: true },
    requiresApproval: { type: Boolean, required: true },
    metadata: { type: Schema.Types.Mixed, required: true },
    verification: { type: Schema.Types.Mixed, required: true },
    undoing: { type: Schema.Types.Mixed, default: null },
    stepTimes: { type: Schema.Types.Mixed, required: true },
  },
  { ...reconciledOptions, collection: 'onboardings' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, emailKey: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, userId: 1, createdAt: -1, _id: -1 })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' })
  .index({ touchedAt: 1 }, { name: 'reconciler_look' });
