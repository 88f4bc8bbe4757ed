import type { ReportWindow } from '../calendar/window';

/** A week of seven days, whatever the clocks do in it. */
const LONG_HOURS = 7 * 24 - 2;

/** True for a window whose buckets are far fewer than its facts: a week or more. */
export const isLongWindow = ({ hours }: Pick<ReportWindow, 'hours'>): boolean => hours >= LONG_HOURS;
