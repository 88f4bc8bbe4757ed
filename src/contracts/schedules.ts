import { listingSchedules } from './listings/schedules';
import type { Schedule } from './schedule';

/** Every schedule, one line per domain. */
export const schedules: readonly Schedule[] = [...listingSchedules];
