import { partnerListingsOf, type PartnerListings } from '../../domain/listings/partner-listings';
import { csvSettingsOf } from '../../domain/reports/report-settings';
import { defaultDunningLadder, type DunningLadder } from '../../domain/subscriptions/dunning';
import { defaultSuspendedUsers } from '../../domain/subscriptions/suspended-users';
import type { ApiKey } from '../../models/partners/api-key';
import type { Partner } from '../../models/partners/partner';
import type { components } from '../generated/openapi-types';

/** Returns the API representation of a partner; the dunning schedule defaults to the standard one. */
export const presentPartner = ({
  _id,
  name,
  timeZone,
  locale,
  reviewers,
  dunning,
  suspendedUsers,
  denyList = [],
  listings,
  reports,
  metadata,
  createdAt,
  updatedAt,
}: Partner): components['schemas']['Partner'] => ({
  id: _id,
  name,
  timeZone,
  locale,
  reviewers,
  dunning: presentDunning(dunning ?? defaultDunningLadder),
  suspendedUsers: suspendedUsers ?? defaultSuspendedUsers,
  denyList: denyList.map(({ kind, value, reason }) => ({ kind, value, reason })),
  listings: presentListings(partnerListingsOf(listings)),
  reports: presentReports(reports),
  metadata,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

const presentListings = ({
  review,
  bannedWords,
  rules,
  instantFields,
  deputies,
  onSilence,
  durationDays,
  graceDays,
  remindDays,
  noticeAt,
}: PartnerListings): components['schemas']['ListingSettings'] => ({
  review,
  bannedWords,
  rules,
  instantFields,
  deputies,
  onSilence,
  durationDays,
  graceDays,
  remindDays,
  noticeAt,
});

const presentReports = (reports: Partner['reports']): components['schemas']['ReportSettings'] => {
  const { delimiter, decimal, bom } = csvSettingsOf(reports);
  return { csv: { delimiter, decimal, bom } };
};

const presentDunning = ({ retryAfterDays, cancelAfterDays }: DunningLadder): components['schemas']['Dunning'] => ({
  retryAfterDays: [...retryAfterDays],
  cancelAfterDays,
});

/** Returns the API representation of a key, without its secret or hash. */
export const presentApiKey = ({
  _id,
  partnerId,
  mode,
  scopes,
  name,
  hint,
  createdAt,
  revokedAt,
}: ApiKey): components['schemas']['ApiKey'] => ({
  id: _id,
  partnerId,
  mode,
  scopes,
  name,
  hint,
  createdAt: createdAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});
