import type { PausedFor, ReportScheduleState } from '../../../domain/reports/schedule';
import { nextAtOf } from '../../../domain/reports/schedule';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { applyStep, type StepInput } from '../../apply-step';
import { closeGroup } from '../delivery/deliver-reports';
import { pauseMailsOf } from '../delivery/order-mails';
import { firingAt, requireNotEnded, windowsOf, type ScheduleChangeInput } from './change-schedule';

export interface PauseScheduleInput extends Omit<ScheduleChangeInput, 'offsetMs'> {
  reason: PausedFor;
}

/**
 * Pauses a schedule within the caller's transaction; one that is paused stays as it is. The recipients are told where
 * its failures pause it.
 * @throws DomainError `SCHEDULE_ENDED`
 */
export async function pauseSchedule({ reason, ...input }: PauseScheduleInput): Promise<ReportScheduleRow> {
  const { schedule, at } = input;
  requireNotEnded(schedule);
  if (schedule.state === 'paused') return schedule;
  const pauses = [...schedule.pauses, { from: at.toISOString(), until: null }];
  const paused = await move(input, 'paused', {
    set: { pauses, pausedFor: reason, openGroup: null, ...firingAt(null, 0) },
    event: { type: 'report_schedule.paused', data: { reason } },
    mails: reason === 'failing' ? pauseMailsOf(schedule) : [],
  });
  await closeGroup(input);
  return paused;
}

/**
 * Resumes a paused schedule within the caller's transaction. The next sweep skips what was due in the pause. A schedule
 * that nothing is due for any more ends.
 * @throws DomainError `SCHEDULE_ENDED`
 */
export async function resumeSchedule(input: ScheduleChangeInput): Promise<ReportScheduleRow> {
  const { schedule, at, offsetMs } = input;
  requireNotEnded(schedule);
  if (schedule.state === 'active') return schedule;
  const nextAt = nextAtOf({ ...windowsOf(schedule), until: schedule.until });
  const ended = schedule.pauses.map((pause) => ({ ...pause, until: pause.until ?? at.toISOString() }));
  const set = {
    pauses: ended.filter(({ until }) => nextAt && new Date(until) > nextAt),
    pausedFor: null,
    failures: 0,
    ...firingAt(nextAt, offsetMs),
  };
  return nextAt
    ? move(input, 'active', { set, event: { type: 'report_schedule.resumed' } })
    : move(input, 'ended', { set, event: { type: 'report_schedule.ended' } });
}

/** Ends a schedule that nothing is due for any more, within the caller's transaction. */
export const endSchedule = (input: Omit<ScheduleChangeInput, 'offsetMs'>): Promise<ReportScheduleRow> =>
  move(input, 'ended', { set: firingAt(null, 0), event: { type: 'report_schedule.ended' } });

async function move(
  { database, session, schedule, by, at }: Omit<ScheduleChangeInput, 'offsetMs'>,
  to: ReportScheduleState,
  change: Pick<StepInput, 'event' | 'mails'> & { set: Partial<ReportScheduleRow> },
): Promise<ReportScheduleRow> {
  const { _id: entityId, tenantId, version, state } = schedule;
  const step = await applyStep(
    database,
    {
      tenantId,
      entityType: 'report_schedule',
      entityId,
      step: `${to}/${version}`,
      from: [state],
      to,
      at: at.toISOString(),
      by,
      ...change,
    },
    session,
  );
  return { ...schedule, ...change.set, state: to, version: step.version, updatedAt: new Date(step.at) };
}
