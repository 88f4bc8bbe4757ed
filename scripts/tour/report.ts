import { poll } from './poll.ts';
import type { TourContext } from './stage.ts';
import type { Item } from './timeline.ts';

const COMPLETED_WITHIN_MS = 60_000;
const DAY_MS = 86_400_000;

export interface ShownFigure {
  id: string;
  unit: string;
  currency: string | null;
  by: string | null;
  value: number | null;
  before?: number | null;
}

/** Returns a report once it is completed. @throws immediately when it has another ending */
export function waitForReport(api: TourContext['api'], reportId: unknown): Promise<Item & { figures: ShownFigure[] }> {
  const probe = async () => {
    const report = await api.call({ method: 'GET', path: `/reports/${String(reportId)}` });
    if (report.state === 'failed' || report.state === 'cancelled')
      throw new Error(`the report is ${report.state}: ${JSON.stringify(report.failure)}`);
    return report.state === 'completed' ? (report as Item & { figures: ShownFigure[] }) : null;
  };
  return poll({ what: 'The report', withinMs: COMPLETED_WITHIN_MS, probe });
}

/** Returns the titles of the figures of a type by their ids. */
export async function titlesOf(api: TourContext['api'], type: string): Promise<Map<string, string>> {
  const { items } = (await api.call({ method: 'GET', path: '/report-types' })) as {
    items: { type: string; figures: { id: string; title: string }[] }[];
  };
  const figures = items.find((each) => each.type === type)?.figures ?? [];
  return new Map(figures.map(({ id, title }) => [id, title]));
}

/** Returns the local date of the sandbox that lies some days ago, in UTC. */
export async function daysAgo(api: TourContext['api'], days: number): Promise<string> {
  const { now } = await api.call({ method: 'GET', path: '/sandbox/clock' });
  return new Date(Date.parse(String(now)) - days * DAY_MS).toISOString().slice(0, 10);
}

/** Returns a value as people read it; a figure over nothing is a dash. */
export function textOf({ unit, currency }: ShownFigure, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'share') return `${(value * 100).toFixed(2)}%`;
  if (unit !== 'money') return String(value);
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency ?? 'EUR' });
  return format.format(value / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
