import { dateOf, dateText, dayNumberOf, weekdayOf } from './dates';

/** The kinds of calendar periods a report may cover. Weeks are ISO 8601 weeks: they begin on Monday. */
export const periodKinds = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** A period of the calendar, in no zone yet. */
export interface Period {
  kind: PeriodKind;
  /** A day number. */
  firstDay: number;
}

/**
 * Reports reach back to this year. From here on the day of every zone begins at a multiple of 15 minutes in UTC, which
 * earlier local mean times do not.
 */
export const FIRST_YEAR = 2000;

interface Calendar {
  pattern: RegExp;
  /** Returns the first day of the period that the parts of a text name, or of a neighbour where they name none. */
  parse: (year: number, part: number, day: number) => number;
  text: (firstDay: number) => string;
  /** Returns the first day of the period that lies some periods after the one that contains a day. */
  firstDay: (day: number, periodsLater: number) => number;
}

const firstOfMonth = (year: number, month: number): number => dayNumberOf({ year, month, day: 1 });
const twoDigits = (value: number): string => String(value).padStart(2, '0');
/** A week belongs to the year of its Thursday. */
const yearOfWeek = (monday: number): number => dateOf(monday + 3).year;
const mondayOf = (day: number): number => day - weekdayOf(day) + 1;
/** 4 January is always in week 1. */
const firstMonday = (year: number): number => mondayOf(dayNumberOf({ year, month: 1, day: 4 }));

const calendars: Readonly<Record<PeriodKind, Calendar>> = {
  day: {
    pattern: /^(\d{4})-(\d{2})-(\d{2})$/,
    parse: (year, month, day) => dayNumberOf({ year, month, day }),
    text: dateText,
    firstDay: (day, later) => day + later,
  },
  week: {
    pattern: /^(\d{4})-W(\d{2})$/,
    parse: (year, week) => firstMonday(year) + 7 * (week - 1),
    text: (monday) => {
      const year = yearOfWeek(monday);
      return `${year}-W${twoDigits((monday - firstMonday(year)) / 7 + 1)}`;
    },
    firstDay: (day, later) => mondayOf(day) + 7 * later,
  },
  month: {
    pattern: /^(\d{4})-(\d{2})$/,
    parse: firstOfMonth,
    text: (day) => dateText(day).slice(0, 7),
    firstDay: (day, later) => {
      const { year, month } = dateOf(day);
      return firstOfMonth(year, month + later);
    },
  },
  quarter: {
    pattern: /^(\d{4})-Q(\d)$/,
    parse: (year, quarter) => firstOfMonth(year, quarter * 3 - 2),
    text: (day) => {
      const { year, month } = dateOf(day);
      return `${year}-Q${(month + 2) / 3}`;
    },
    firstDay: (day, later) => {
      const { year, month } = dateOf(day);
      return firstOfMonth(year, month - ((month - 1) % 3) + 3 * later);
    },
  },
  year: {
    pattern: /^(\d{4})$/,
    parse: (year) => firstOfMonth(year, 1),
    text: (day) => dateText(day).slice(0, 4),
    firstDay: (day, later) => firstOfMonth(dateOf(day).year + later, 1),
  },
};

/**
 * Returns the period that a text such as `2026-03-29`, `2026-W13`, `2026-03`, `2026-Q1` or `2026` names, or null where
 * it names none.
 */
export function parsePeriod(text: string): Period | null {
  for (const kind of periodKinds) {
    const { pattern, parse } = calendars[kind];
    const [, year, part, day] = pattern.exec(text) ?? [];
    if (!year || Number(year) < FIRST_YEAR) continue;
    const period = { kind, firstDay: parse(Number(year), Number(part), Number(day)) };
    // 30 February counts on to 2 March, week 53 of a year of 52 to week 1.
    return periodText(period) === text ? period : null;
  }
  return null;
}

/** Returns the text by which {@link parsePeriod} knows a period. */
export const periodText = ({ kind, firstDay }: Period): string => calendars[kind].text(firstDay);

/** Returns the period of a kind that contains a day. */
export const periodOfDay = (kind: PeriodKind, day: number): Period => ({
  kind,
  firstDay: calendars[kind].firstDay(day, 0),
});

export const periodAfter = ({ kind, firstDay }: Period): Period => ({
  kind,
  firstDay: calendars[kind].firstDay(firstDay, 1),
});

export const periodBefore = ({ kind, firstDay }: Period): Period => ({
  kind,
  firstDay: calendars[kind].firstDay(firstDay, -1),
});
