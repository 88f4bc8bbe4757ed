import type { DeliveredReport } from '../../../contracts/reports/delivery';
import { requireReportType } from '../../../domain/reports/report-request';

/** Returns a report of payments as a mail tells of it. */
export const deliveredReport = (changes: Partial<DeliveredReport> = {}): DeliveredReport => ({
  id: 'rpt_1',
  type: requireReportType('payments'),
  window: {
    period: '2027-05-04',
    from: '2027-05-04',
    to: '2027-05-04',
    timeZone: 'Europe/Berlin',
    startAt: '2027-05-03T22:00:00Z',
    endAt: '2027-05-04T22:00:00Z',
    hours: 24,
    bridge: false,
  },
  complete: true,
  figures: [
    { id: 'captured', currency: 'EUR', by: null, value: 123450 },
    { id: 'net', currency: 'JPY', by: null, value: -500 },
  ],
  warnings: [],
  links: [{ format: 'csv', url: 'https://api.example/api/v1/report-links/abc' }],
  file: null,
  ...changes,
});
