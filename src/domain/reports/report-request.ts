import { DomainError } from '../domain-error';
import { isCurrency } from '../currencies';
import { parsePeriod } from './calendar/period';
import type { ReportWindow } from './calendar/window';
import { reportTypes } from './report-types';
import {
  reportFormats,
  type ReportFilters,
  type ReportFormat,
  type ReportPeriod,
  type ReportType,
} from './report-type';

/** The formats in which reports are offered; every type has the same. */
export const offeredFormats = reportFormats;

const types: readonly ReportType[] = Object.values(reportTypes);

/** Returns a type of report by its name. @throws DomainError `REPORT_TYPE_UNKNOWN` */
export function requireReportType(name: string): ReportType {
  const found = types.find(({ type }) => type === name);
  if (found) return found;
  const known = types.map(({ type }) => type).join(', ');
  throw new DomainError('REPORT_TYPE_UNKNOWN', `There is no report "${name}": send one of ${known}.`, {
    pointer: '/type',
  });
}

/** @throws DomainError `FORMAT_NOT_OFFERED` */
export function requireFormats({ type }: ReportType, formats: readonly ReportFormat[]): void {
  const index = formats.findIndex((format) => !offeredFormats.includes(format));
  if (index === -1) return;
  const detail = `${type} is not offered as ${formats[index]}: send one or more of ${offeredFormats.join(', ')}.`;
  throw new DomainError('FORMAT_NOT_OFFERED', detail, { pointer: `/formats/${index}` });
}

/** @throws DomainError `PERIOD_INVALID` for a window of a kind that the type is not made for */
export function requireWindowOf(type: ReportType, { period }: Pick<ReportWindow, 'period'>): void {
  const kind = period === null ? 'range' : (parsePeriod(period)?.kind ?? 'range');
  requirePeriod(type, kind, period === null ? '/from' : '/period');
}

/** @throws DomainError `PERIOD_INVALID` for a kind of window that the type is not made for */
export function requirePeriod({ type, periods }: ReportType, kind: ReportPeriod, pointer: string): void {
  if (periods.includes(kind)) return;
  const detail = `${type} is made for ${periods.join(', ')}, not for a ${kind}: send another period.`;
  throw new DomainError('PERIOD_INVALID', detail, { pointer });
}

/** @throws DomainError `FILTER_NOT_OFFERED`, `CURRENCY_UNKNOWN` */
export function requireFilters({ type, filters: offered }: ReportType, filters: ReportFilters): void {
  const odd = Object.keys(filters).find((name) => !(offered as readonly string[]).includes(name));
  if (odd !== undefined) {
    const remedy = offered.length === 0 ? 'leave filters out' : `it can be filtered by ${offered.join(', ')}`;
    throw new DomainError('FILTER_NOT_OFFERED', `${type} cannot be filtered by ${odd}: ${remedy}.`, {
      pointer: `/filters/${odd}`,
    });
  }
  if (filters.currency !== undefined && !isCurrency(filters.currency))
    throw new DomainError(
      'CURRENCY_UNKNOWN',
      `currency "${filters.currency}" is not known: send an ISO 4217 code such as EUR.`,
      { pointer: '/filters/currency' },
    );
}
