import { describeContract } from '../../../testing/contract/describe-contract';
import { monthlyPayments, seedReport } from '../../../testing/contract/seed-report';
import { seedReportLink } from '../../../testing/contract/seed-report-link';

describeContract({
  domain: 'reports',
  bodies: {
    createReport: {
      type: 'payments',
      from: '2026-03-01',
      to: '2026-03-29',
      timeZone: 'Europe/Berlin',
      filters: { currency: 'EUR' },
      formats: ['json', 'csv'],
      deliverTo: [{ email: 'ada@example.com', attach: 'csv' }],
      asOf: '2026-04-01T04:00:00.000Z',
    },
    createReportSchedule: { ...monthlyPayments, timeZone: 'Europe/Berlin', deliverTo: [{ email: 'ada@example.com' }] },
    updateReportSchedule: { at: '07:00', deliverTo: [{ email: 'ada@example.com' }] },
    triggerReportSchedule: { remake: true },
    testReportSchedule: { email: 'ada@example.com' },
    createReportLink: { format: 'csv', expiresIn: 'P14D' },
    backfillReportSchedule: { from: '2026-01-01', to: '2026-03-31', deliver: true },
  },
  async seed({ api, tenant: { key, tenantId } }) {
    const report = await seedReport({ api, key });
    return { ...report, ...(await seedReportLink({ ...api, tenantId, reportId: report.reportId })) };
  },
});
