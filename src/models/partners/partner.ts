import { Schema } from 'mongoose';
import type { DunningLadder } from '../../domain/subscriptions/dunning';
import type { SuspendedUsersSetting } from '../../domain/subscriptions/suspended-users';
import type { PartnerReports } from '../../domain/reports/report-settings';
import type { PartnerListings } from '../../domain/listings/partner-listings';
import type { PartnerDenyListEntry } from '../../domain/payments/fraud';
import { schemaOptions } from '../schema-options';

export interface Partner {
  _id: string;
  name: string;
  timeZone: string;
  locale: string;
  reviewers: string[];
  /** The retry schedule of failed renewals; null or absent for the default. */
  dunning?: DunningLadder | null;
  /** The decision about renewals of suspended users; null or absent for the default. */
  suspendedUsers?: SuspendedUsersSetting | null;
  /** Payers whose payments are declined without a call to a gateway. */
  denyList?: PartnerDenyListEntry[];
  /** The settings of reports that differ from the defaults. */
  reports?: PartnerReports;
  /** The settings of listings that differ from the defaults. */
  listings?: Partial<PartnerListings>;
  /**
   * The time at which the sandbox was last emptied (real time): the simulated gateway's books may contain the results
   * of calls that were then under way, and our books do not.
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
    suspendedUsers: { type: String, default: null },
    denyList: { type: [Schema.Types.Mixed], default: [] } as never,
    listings: { type: Schema.Types.Mixed },
    reports: { type: Schema.Types.Mixed },
    sandboxResetAt: { type: Date, default: null },
    metadata: { type: Schema.Types.Mixed, required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'partners' },
);
