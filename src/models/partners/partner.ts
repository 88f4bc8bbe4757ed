import { Schema } from 'mongoose';
import type { DunningLadder } from '../../domain/subscriptions/dunning';
import type { PartnerDenyListEntry } from '../../domain/payments/fraud';
import { schemaOptions } from '../schema-options';

export interface Partner {
  _id: string;
  name: string;
  timeZone: string;
  locale: string;
  reviewers: string[];
  /** How renewals that failed are asked for again; null or absent for the default. */
  dunning?: DunningLadder | null;
  /** Whose payments are declined without asking a gateway. */
  denyList?: PartnerDenyListEntry[];
  /**
   * When its sandbox was emptied last (real time): what a call that was then under way left in the simulated gateway's
   * books is no longer with us.
   */
  sandboxResetAt?: Date | null;
  metadata: Record<string, string>;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const partnerSchema = new Schema<Partner>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    timeZone: { type: String, required: true },
    locale: { type: String, required: true },
    reviewers: { type: [String], required: true },
    dunning: { type: Schema.Types.Mixed, default: null },
    denyList: { type: [Schema.Types.Mixed], default: [] } as never,
    sandboxResetAt: { type: Date, default: null },
    metadata: { type: Schema.Types.Mixed, required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'partners' },
);
