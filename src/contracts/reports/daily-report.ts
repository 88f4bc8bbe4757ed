export const DAILY_REPORT = 'dailyReport';

/** The input of `dailyReport`, for whoever starts it with Temporal's own client. */
export interface DailyReportInput {
  tenantId: string;
  /** A local date such as `2026-03-29`. Defaults to yesterday in the partner's zone. */
  date?: string;
}
