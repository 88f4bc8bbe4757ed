import type { SeenContent } from './listing-content';

/** A listing as its partner reads it; null once it is deleted. */
export interface SeenListing {
  state: string;
  live: SeenContent | null;
  draft: SeenContent | null;
  revision: number;
  lastDay: string | null;
  /** Milliseconds. */
  expiresAt: number | null;
  isReviewed: boolean;
}

/** The response to a command: the status of an accepted one, the code of a refused one. */
export type Answer = number | string;

const DAY_MS = 86_400_000;
/** The zone of the partner has no summer time, so that a day is always as long. */
export const ZONE = 'Asia/Kolkata';
const ZONE_MS = 5.5 * 3_600_000;

/** Returns the number of the day on which an instant falls in the zone. */
export const dayOf = (ms: number): number => Math.floor((ms + ZONE_MS) / DAY_MS);
/** Returns the midnight that ends a day. */
export const endOf = (day: number): number => (day + 1) * DAY_MS - ZONE_MS;
/** Returns a day as an ISO 8601 date. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
/** Returns the date that is a number of days after an instant. */
export const dayAfter = (ms: number, days: number): string => dateOf(dayOf(ms) + days);
