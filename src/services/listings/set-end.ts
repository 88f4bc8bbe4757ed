import { dayOf, expiryOf } from '../../domain/listings/duration';
import { nextNoticeOf } from '../../domain/listings/expiry/notices';
import type { PartnerListingSettings } from './partner-settings';

export interface SetEndInput {
  /** The last day, which counts in full; null for a listing that ends now. */
  lastDay: string | null;
  settings: PartnerListingSettings;
  /** The business time at which the end is set. */
  at: Date;
}

/** The fields of a listing that have a new end. */
export type ListingEnd = {
  /** ISO 8601 date in the partner's time zone. */
  lastDay: string;
  expiresAt: Date;
  /** No reminder comes in the first half of the time from here to the end. */
  endSetAt: Date;
  remindedDays: null;
  /** A mail that is still to leave says nothing of the end before. */
  noticeMail: null;
  /** The notices begin again with every end. */
  nextNoticeAt: Date;
};

/** Returns the fields of a listing with a new end. Everything that follows from an end is set here and nowhere else. */
export function setEnd({ lastDay, settings, at }: SetEndInput): ListingEnd {
  const { timeZone } = settings;
  const end =
    lastDay === null
      ? { lastDay: dayOf({ at: at.toISOString(), timeZone }), expiresAt: at }
      : { lastDay, expiresAt: expiryOf({ lastDay, timeZone }) };
  const nextNoticeAt = nextNoticeOf({ ...end, settings, since: at, remindedDays: null, at });
  return { ...end, endSetAt: at, remindedDays: null, noticeMail: null, nextNoticeAt };
}
