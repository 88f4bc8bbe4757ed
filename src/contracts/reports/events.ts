import type { EventData, EventSentence } from '../event-sentence';
import { mailEvents } from '../mail-events';

const windowOf = ({ type, from, to }: EventData): string =>
  `${String(type)} of ${from === to ? String(from) : `${String(from)} to ${String(to)}`}`;

/** Every event of a report and of a schedule by its wire name, with its sentence. */
export const reportEvents = {
  ...mailEvents('report'),
  'report.accepted': (data) => `The report was accepted: ${windowOf(data)}.`,
  'report.started': () => 'The figures of the report are being gathered.',
  'report.gathered': ({ rows }: EventData) =>
    `The figures and ${String(rows)} row(s) are complete; the files are being written.`,
  'report.rendered': () => 'Every file is written and is being checked.',
  'report.completed': ({ formats }: EventData) =>
    `The report is complete${Array.isArray(formats) ? `: ${formats.join(', ')}` : ''}.`,
  'report.failed': ({ detail }: EventData) => `The report could not be made: ${String(detail)}`,
  'report.cancelled': () => 'The report was cancelled, and what was made of it is removed.',
  'report.restarted': () => 'An operator restarted the process from the recorded state.',
  ...mailEvents('report_schedule'),
  'report_schedule.created': ({ type, period }: EventData) =>
    `The schedule was made: ${String(type)} of every ${String(period)}.`,
  'report_schedule.updated': ({ fields }: EventData) =>
    `The schedule was changed${Array.isArray(fields) ? `: ${fields.join(', ')}` : ''}.`,
  'report_schedule.paused': ({ reason }: EventData) =>
    reason === 'failing' ? 'The schedule was paused: three reports in a row failed.' : 'The schedule was paused.',
  'report_schedule.delivery_failed': ({ recipient }: EventData) =>
    `The mail server refuses mails to ${String(recipient)} for good: later reports are not sent there.`,
  'report_schedule.resumed': () => 'The schedule was resumed.',
  'report_schedule.ended': () => 'The schedule has ended: nothing is due any more.',
  'report_schedule.deleted': () => 'The schedule was deleted.',
  'report.closed': () => 'An operator closed the report.',
} as const satisfies Record<string, EventSentence>;
