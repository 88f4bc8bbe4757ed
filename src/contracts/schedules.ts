import { listingSchedules } from './listings/schedules';
import { reportSchedules } from './reports/schedules';
import type { Schedule } from './schedule';

/** Every schedule, one line per domain. */
export const schedules: readonly Schedule[] = [...listingSchedules, ...reportSchedules];
