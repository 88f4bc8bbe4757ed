import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { reportActivityOptions, reportWorkOptions } from '../../config/temporal';

/** Short guarded writes. */
export const { beginReport, logReportGeneration, failReport, cancelReport, discardReportFiles } =
  proxyActivities<Activities>(reportActivityOptions);

/** Work that grows with the number of rows. */
export const { gatherAnalytics, generateReport, storeReport } = proxyActivities<Activities>(reportWorkOptions);
