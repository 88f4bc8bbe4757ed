import type { ReportTypeName } from '../../../domain/reports/report-types';
import type { Gatherer } from './gatherer';
import { listingsGatherer } from './listings';
import { onboardingFunnelGatherer } from './onboarding-funnel';
import { paymentsGatherer } from './payments';
import { statementGatherer } from './statement';
import { subscriptionsGatherer } from './subscriptions';
import { summaryGatherer } from './summary';

/** The reading of every type of report, one line per type. */
export const gatherers: Readonly<Record<ReportTypeName, Gatherer>> = {
  payments: paymentsGatherer,
  summary: summaryGatherer,
  subscriptions: subscriptionsGatherer,
  onboarding_funnel: onboardingFunnelGatherer,
  statement: statementGatherer,
  listings: listingsGatherer,
};
