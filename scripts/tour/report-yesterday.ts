import { advance } from './advance.ts';
import { textOf, titlesOf, waitForReport } from './report.ts';
import type { TourContext, TourStage } from './stage.ts';

const schedule = { type: 'summary', period: 'day', at: '06:00', formats: ['json', 'csv', 'html', 'pdf'] };

/** Reports the day of the stages before, by a trigger of the demo partner's schedule. */
export const reportYesterday: TourStage = {
  title: "yesterday's report",
  run: async ({ api, step, show }) => {
    await step('POST /sandbox/clock/advance: 1 day, so today is yesterday', () => advance(api, 'P1D'));
    const path = `/report-schedules/${await findSchedule(api)}`;
    // The advance may have reported the day by the schedule itself, and what is being made is not made again.
    const { lastRun } = (await api.call({ method: 'GET', path })) as { lastRun: { reportId: string | null } | null };
    if (lastRun?.reportId) await step('The report of the schedule itself', () => waitForReport(api, lastRun.reportId));
    const { id } = await step('POST /report-schedules/{scheduleId}/trigger: accepted', () =>
      api.call({ method: 'POST', path: `${path}/trigger`, body: { remake: true } }),
    );
    const report = await step('The report is completed', () => waitForReport(api, id));
    const titles = await titlesOf(api, schedule.type);
    const { period } = report.window as { period: string };
    show(`${period.padEnd(42)} ${'that day'.padStart(12)} ${'before'.padStart(12)}`);
    for (const figure of report.figures.filter(({ value, before }) => value || before)) {
      const title = [titles.get(figure.id) ?? figure.id, figure.by].filter(Boolean).join(', ');
      const [value, before] = [figure.value, figure.before].map((each) => textOf(figure, each).padStart(12));
      show(`${title.padEnd(42)} ${value} ${before}`);
    }
    // A report for each day of the year to come would keep the one at its end waiting.
    await step('POST /report-schedules/{scheduleId}/pause', () => api.call({ method: 'POST', path: `${path}/pause` }));
  },
};

/** Returns the id of the daily schedule; a partner of an earlier version has none, or one without PDF. */
export async function findSchedule(api: TourContext['api']): Promise<string> {
  const { items } = (await api.call({ method: 'GET', path: '/report-schedules' })) as {
    items: { id: string; type: string; formats: string[] }[];
  };
  const found = items.find(({ type, formats }) => type === schedule.type && formats.includes('pdf'));
  return found?.id ?? String((await api.call({ method: 'POST', path: '/report-schedules', body: schedule })).id);
}
