import { exponentOf } from '../../../domain/currencies';
import type { ReportChart } from './report-page';

/** More points than this are a line: bars would be thinner than two pixels. */
const MAX_BARS = 93;

/** By significant digits: amounts of three decimals have steps of 0.001. */
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** The form in which a series is drawn, in HTML as in PDF. */
export interface ChartShape {
  isLine: boolean;
  /** Amounts in the major unit: a picture needs no exact ones. */
  values: readonly number[];
  labels: readonly string[];
  /** Returns a number of the axis as text. */
  axisText: (value: number) => string;
  /** True where the axis has whole numbers only. */
  isWhole: boolean;
}

export function chartShape({ unit, currency, points }: ReportChart): ChartShape {
  const minor = unit === 'money' ? 10 ** exponentOf(String(currency)) : 1;
  const format = unit === 'share' ? percent : compact;
  return {
    isLine: unit === 'share' || points.length > MAX_BARS,
    values: points.map(({ value }) => value / minor),
    labels: points.map(({ label }) => shortLabel(label)),
    axisText: (value) => format.format(value),
    isWhole: unit === 'count',
  };
}

/** Returns "03-29" for a date; the year stands above the chart. */
const shortLabel = (label: string): string => (/^\d{4}-\d\d-\d\d$/.test(label) ? label.slice(5) : label);
