import type { ReportType } from './report-type';
import { listingsReport } from './types/listings';
import { onboardingFunnelReport } from './types/onboarding-funnel';
import { paymentsReport } from './types/payments';
import { statementReport } from './types/statement';
import { subscriptionsReport } from './types/subscriptions';
import { summaryReport } from './types/summary';

/** Every type of report by its wire name, one line per type. */
export const reportTypes = {
  payments: paymentsReport,
  summary: summaryReport,
  subscriptions: subscriptionsReport,
  onboarding_funnel: onboardingFunnelReport,
  statement: statementReport,
  listings: listingsReport,
} as const satisfies Record<string, ReportType>;

export type ReportTypeName = keyof typeof reportTypes;
