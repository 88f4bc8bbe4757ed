import { expiryOf } from '../../domain/listings/duration';
import type { NoticeSettings } from '../../domain/listings/expiry/notices';

export interface EndingListing {
  timeZone?: string;
  noticeAt?: string;
  remindDays?: number[];
  lastDay: string;
  /** Defaults to long before. */
  since?: string;
}

/** Returns the end of a listing and the partner's settings of its notices, by default the usual ones in UTC. */
export function endingOn({ timeZone = 'UTC', noticeAt = '09:00', remindDays = [7, 1], lastDay, since }: EndingListing) {
  const settings: NoticeSettings = { timeZone, noticeAt, remindDays };
  const expiresAt = expiryOf({ lastDay, timeZone });
  const from = since === undefined ? new Date(expiresAt.getTime() - 60 * 86_400_000) : new Date(since);
  return { settings, lastDay, expiresAt, since: from, remindedDays: null as number | null };
}
