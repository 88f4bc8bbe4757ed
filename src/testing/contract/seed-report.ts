import { expectContract } from '../expect-contract';
import type { TestApi } from '../test-api';

interface SeedReportInput {
  api: Pick<TestApi, 'call'>;
  /** A key with the scope `write`. */
  key: string;
}

/** The request of a schedule that reports every month. */
export const monthlyPayments = { type: 'payments', period: 'month', at: '06:00', on: 1, formats: ['csv'] } as const;

/** The values by path parameter. */
type SeededReport = Record<'reportId' | 'format' | 'scheduleId', string>;

/** Orders a report through the API, and a schedule; no process makes the report. */
export async function seedReport({ api, key }: SeedReportInput): Promise<SeededReport> {
  const request = { type: 'payments', period: '2026-03', timeZone: 'Europe/Berlin', formats: ['csv'] };
  const { status, body } = expectContract(await api.call('post', '/reports', key).send(request));
  if (status !== 202) throw new Error(`No report: ${JSON.stringify(body)}`);
  const schedule = expectContract(await api.call('post', '/report-schedules', key).send(monthlyPayments));
  if (schedule.status !== 201) throw new Error(`No schedule: ${schedule.text}`);
  return { reportId: String(body.id), format: 'csv', scheduleId: String(schedule.body.id) };
}
