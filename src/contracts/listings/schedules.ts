import { defineSchedule } from '../schedule';
import { taskQueues } from '../task-queues';
import { LISTING_EXPIRATION, type ListingExpirationInput } from './expiration';

const MINUTE_MS = 60_000;
const input: ListingExpirationInput = { isScheduled: true };

/** The schedules of listings. */
export const listingSchedules = [
  defineSchedule({
    id: 'listing-expiration',
    about: 'Expires the listings whose time has passed, and notifies their owners.',
    everyMs: 5 * MINUTE_MS,
    catchUpMs: 60 * MINUTE_MS,
    workflowType: LISTING_EXPIRATION,
    workflowId: `${LISTING_EXPIRATION}/schedule`,
    taskQueue: taskQueues.listings,
    input: { ...input },
  }),
];
