import { reportScheduleHandlers } from './report-schedules';
import { COUNT_MS, reportHandlers } from './reports';

const accepted = { status: 202, body: { id: 'rpt_1' } };
const input = {
  database: { models: {} },
  idempotency: { acceptOnce: async () => accepted },
} as never;
const handlers = { ...reportHandlers(input), ...reportScheduleHandlers(input) };

it.each(['createReport', 'remakeReport', 'triggerReportSchedule'] as const)(
  '%s has the time to count the most rows that a report may have',
  async (operation) => {
    const restarted: number[] = [];
    const deadline = { restart: (ms: number) => void restarted.push(ms) };
    const call = { deadline, headers: {}, body: { type: 'payments' }, params: {} } as never;
    expect(await handlers[operation](call)).toBe(accepted);
    expect(restarted).toEqual([COUNT_MS]);
  },
);
