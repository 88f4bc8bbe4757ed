import { CronExpressionParser } from 'cron-parser';
import { DomainError } from '../../domain-error';
import { dateOf, weekdayOf } from './dates';
import type { LocalTimes } from './local-times';

/*
 * cron-parser reads the fields, and nothing more: its own search knows another rule for clocks that jump, takes
 * 40–150 µs a step and gives up on 31 February only after 100 ms. Its further notations are refused, because they mean
 * something else elsewhere (`L`, `#`, `?`), are random (`H`) or hide seconds (six fields, `@daily`).
 *
 * The fields are local time. The minute is one, so the hand of the local clock stands 60 minutes or more between two
 * firings. On the odd days (Berlin, 2026):
 * - the hour that the clocks skip: `30 * * * *` fires at 01:30 and 03:30, because 02:30 is moved onto 03:30;
 *   `30 2 * * *` fires at 03:30;
 * - the hour that comes twice: it fires in the first one only, so two hours elapse until the next firing;
 * - at Lord Howe, where the clocks jump by 30 minutes, `10 * * * *` fires at 02:40 for 02:10, half an hour before
 *   03:10.
 */

const MAX_LENGTH = 200;

/** A list of values, ranges and `*`, the latter two with or without a step; names are those of cron. */
const field = (names = ''): RegExp => {
  const value = names ? String.raw`(?:\d{1,2}|${names})` : String.raw`\d{1,2}`;
  const item = String.raw`(?:\*|${value}(?:-${value})?)(?:/\d{1,2})?`;
  return new RegExp(`^${item}(?:,${item})*$`, 'i');
};
const forms = [
  field(),
  field(),
  field(),
  field('jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'),
  field('sun|mon|tue|wed|thu|fri|sat'),
];

/** The days of each month in a leap year, from January. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Returns the local times of a cron expression of five fields: minute, hour, day of month, month, weekday (0 and 7 are
 * Sunday). Where neither day nor weekday is `*`, a date needs only one of the two.
 * @throws DomainError pointing at `/cron`: `CRON_INVALID`; `SCHEDULE_TOO_OFTEN` for more than one minute of an hour;
 *   `SCHEDULE_NEVER_FIRES` for days that none of the months has
 */
export function parseCron(cron: string): LocalTimes {
  const { minutes, hours, ...dates } = fieldsOf(cron);
  const [minute] = minutes;
  if (minute === undefined || minutes.length > 1)
    throw refused('SCHEDULE_TOO_OFTEN', 'A schedule fires at most once an hour: name a single minute, such as 0.');
  if (!happens(dates))
    throw refused('SCHEDULE_NEVER_FIRES', 'None of the named months has the named day: change one of the two.');
  return { minute, hours, fallsOn: (dayNumber) => fallsOn(dayNumber, dates) };
}

/** The dates of a cron expression; null is `*`. */
interface CronDates {
  days: readonly number[] | null;
  months: readonly number[];
  /** 0–6 from Sunday. */
  weekdays: readonly number[] | null;
}

function fallsOn(dayNumber: number, { days, months, weekdays }: CronDates): boolean {
  const { month, day } = dateOf(dayNumber);
  if (!months.includes(month)) return false;
  if (!days && !weekdays) return true;
  return Boolean(days?.includes(day)) || Boolean(weekdays?.includes(weekdayOf(dayNumber) % 7));
}

const happens = ({ days, months, weekdays }: CronDates): boolean =>
  !days || weekdays !== null || months.some((month) => days.some((day) => day <= (LONGEST[month - 1] ?? 0)));

function fieldsOf(cron: string): CronDates & { minutes: number[]; hours: number[] } {
  const texts = cron.length > MAX_LENGTH ? [] : cron.trim().split(/\s+/);
  if (texts.length !== forms.length || !forms.every((form, index) => form.test(texts[index] ?? '')))
    throw notCron(cron);
  const [minute, hour, day, month, weekday] = texts;
  try {
    // The day of the month is read apart: beside its months cron-parser refuses 31 February as a fault of syntax.
    const { fields } = CronExpressionParser.parse(`${minute} ${hour} * ${month} ${weekday}`);
    const { dayOfMonth } = CronExpressionParser.parse(`0 0 ${day} * *`).fields;
    return {
      minutes: numbers(fields.minute.values),
      hours: numbers(fields.hour.values),
      days: day === '*' ? null : numbers(dayOfMonth.values),
      months: numbers(fields.month.values),
      weekdays: weekday === '*' ? null : numbers(fields.dayOfWeek.values).map((value) => value % 7),
    };
  } catch {
    throw notCron(cron);
  }
}

const numbers = (values: readonly (number | string)[]): number[] =>
  values.map(Number).toSorted((one, other) => one - other);

const notCron = (cron: string): DomainError =>
  refused(
    'CRON_INVALID',
    `"${cron.slice(0, 40)}" is no cron expression of five fields (minute, hour, day of month, month, weekday) ` +
      'such as "0 6 * * 1".',
  );

const refused = (code: string, detail: string): DomainError => new DomainError(code, detail, { pointer: '/cron' });
