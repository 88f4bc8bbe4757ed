import { findSchedule } from './report-yesterday.ts';
import { daysAgo, textOf, titlesOf, waitForReport } from './report.ts';
import type { TourContext, TourStage } from './stage.ts';

/** Reports the recurring revenue of the year that the stage before has gone through, with its movements. */
export const reportTheYear: TourStage = {
  title: "the year's recurring revenue",
  run: async ({ api, step, show }) => {
    const scheduleId = await findSchedule(api);
    // A sweep of the resumed schedule writes the days of the year, as skipped.
    const yesterday = await newestRun(api, scheduleId);
    await step('POST /report-schedules/{scheduleId}/resume', () =>
      api.call({ method: 'POST', path: `/report-schedules/${scheduleId}/resume` }),
    );
    const [from, to] = [await daysAgo(api, 365), await daysAgo(api, 1)];
    const { id } = await step(`POST /reports: subscriptions, ${from} to ${to}`, () =>
      api.call({
        method: 'POST',
        path: '/reports',
        body: { type: 'subscriptions', from, to, timeZone: 'UTC', formats: ['csv', 'html', 'pdf'] },
      }),
    );
    const { figures } = await step('The report is completed', () => waitForReport(api, id));
    const titles = await titlesOf(api, 'subscriptions');
    const isEnd = (figureId: string): boolean => figureId === 'mrr_start' || figureId === 'mrr_end';
    const shown = figures.filter((figure) => figure.id.startsWith('mrr_') && figure.unit === 'money');
    for (const figure of shown.filter(({ id: figureId, value }) => isEnd(figureId) || value))
      show(`${(titles.get(figure.id) ?? figure.id).padEnd(42)} ${textOf(figure, figure.value).padStart(12)}`);
    show(`One row a movement: GET /reports/${String(id)}/files/csv`);
    show('To open in a browser, without a key:');
    const reports = [...yesterday.map(({ reportId, window }) => [reportId, window.period]), [String(id), 'the year']];
    for (const [reportId = '', name = ''] of reports)
      for (const format of ['html', 'pdf'])
        show(`  ${name.padEnd(10)} ${format.toUpperCase().padEnd(4)} ${await linkTo({ api, reportId, format })}`);
  },
};

/** Returns the newest run of a schedule that has a report, if any. */
async function newestRun(api: TourContext['api'], scheduleId: string) {
  const { items } = (await api.call({ method: 'GET', path: `/report-schedules/${scheduleId}/runs?limit=1` })) as {
    items: { reportId: string | null; window: { period: string } }[];
  };
  return items.flatMap(({ reportId, window }) => (reportId === null ? [] : [{ reportId, window }]));
}

/** Returns a link to a file of a report that outlives the stages to come, which move the clock of the sandbox. */
async function linkTo({ api, reportId, format }: Pick<TourContext, 'api'> & { reportId: string; format: string }) {
  const body = { format, expiresIn: 'P30D' };
  const { url } = await api.call({ method: 'POST', path: `/reports/${reportId}/links`, body });
  return String(url);
}
