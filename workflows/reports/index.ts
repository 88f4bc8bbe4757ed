export { analyticsReport } from './analytics-report';
export { dailyReport, dailyReport as dailyReportWorkflow } from './daily-report';
export { reportSchedules } from './report-schedules';
