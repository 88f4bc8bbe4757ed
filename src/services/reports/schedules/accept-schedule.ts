import type { ClientSession } from 'mongoose';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { beginningOf, type CatchUp } from '../../../domain/reports/calendar/due-windows';
import { recipientsOf, requireRecipients, type RecipientRequest } from '../../../domain/reports/delivery/recipients';
import { requireFiringTimes, type ReportSchedule } from '../../../domain/reports/calendar/firing-times';
import type { ReportFilters, ReportFormat } from '../../../domain/reports/report-type';
import { MAX_SCHEDULES, neverFires, nextAtOf, requireTerms } from '../../../domain/reports/schedule';
import type { Database } from '../../../models/database';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { acceptIdleEntities } from '../../accept-entity';
import { findTimeZone } from '../order-report';
import { ensureSlots } from '../slots';

/** A schedule as a caller asks for it. */
export interface ScheduleRequest extends Omit<ReportSchedule, 'timeZone'> {
  type: string;
  timeZone?: string;
  formats: readonly ReportFormat[];
  filters?: ReportFilters;
  catchUp?: CatchUp;
  skipEmpty?: boolean;
  until?: string;
  deliverTo?: readonly RecipientRequest[];
}

export interface AcceptScheduleInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  request: ScheduleRequest;
  correlationId: string;
  by: Actor;
  /** The tenant's time. */
  at: Date;
  /** The tenant's lead over real time, in milliseconds. */
  offsetMs: number;
}

/** Makes what schedules of a tenant are counted by; once, before the transaction of the first of them. */
export const prepareSchedules = ensureSlots;

/**
 * Writes a new schedule within the caller's transaction. Its first report covers the whole period in which it is made.
 * @throws DomainError `SCHEDULE_LIMIT`, `TIME_ZONE_UNKNOWN`, `SCHEDULE_INVALID`, `CRON_INVALID`, `SCHEDULE_TOO_OFTEN`,
 *   `SCHEDULE_NEVER_FIRES`, `REPORT_TYPE_UNKNOWN`, `FORMAT_NOT_OFFERED`, `FILTER_NOT_OFFERED`, `PERIOD_INVALID`,
 *   `RECIPIENT_INVALID`
 */
export async function acceptSchedule(input: AcceptScheduleInput): Promise<ReportScheduleRow> {
  const { database, session, tenantId, request, correlationId, by, at, offsetMs } = input;
  const { type, formats, filters = {}, period, catchUp = 'all', skipEmpty = false, deliverTo = [] } = request;
  requireTerms({ type, formats, filters, period });
  requireRecipients({ deliverTo, formats });
  const timeZone = request.timeZone ?? (await findTimeZone({ database, session, tenantId }));
  const times = { period, timeZone, at: request.at ?? null, on: request.on ?? null, cron: request.cron ?? null };
  requireFiringTimes(times);
  const reportedUntil = beginningOf(times, at.toISOString());
  const until = request.until === undefined ? null : new Date(request.until);
  const nextAt = nextAtOf({ schedule: times, reportedUntil, changedAt: at.toISOString(), until });
  if (until && !nextAt) throw neverFires(until);
  await requirePlace(input);
  const schedule: ReportScheduleRow = {
    _id: newId('reportSchedule'),
    tenantId,
    state: 'active',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    type,
    ...times,
    formats: [...formats],
    filters,
    catchUp,
    skipEmpty,
    deliverTo: recipientsOf({ deliverTo, unsubscribed: new Set() }),
    openGroup: null,
    until,
    reportedUntil: new Date(reportedUntil),
    changedAt: at,
    earlierTimes: [],
    nextAt,
    dueAt: nextAt && new Date(nextAt.getTime() - offsetMs),
    pauses: [],
    pausedFor: null,
    failures: 0,
    firings: 0,
    lastRun: null,
    createdBy: by,
  };
  await acceptIdleEntities({
    database,
    session,
    entityType: 'report_schedule',
    entities: [schedule],
    event: { type: 'report_schedule.created', data: { type, period } },
    by,
  });
  return schedule;
}

/** Every creation writes the tenant's document, so that no two of them count the same schedules. */
async function requirePlace({ database: { models }, session, tenantId }: AcceptScheduleInput): Promise<void> {
  await models.reportSlots.updateOne({ _id: tenantId }, { $inc: { schedulesMade: 1 } }, { session });
  const { length: count } = await models.reportSchedules
    .find({ tenantId, state: { $in: ['active', 'paused'] } }, { _id: 1 })
    .limit(MAX_SCHEDULES)
    .session(session)
    .lean();
  if (count < MAX_SCHEDULES) return;
  throw new DomainError(
    'SCHEDULE_LIMIT',
    `There are ${count} active or paused schedules, and ${MAX_SCHEDULES} is the most: delete one, or change one.`,
  );
}
