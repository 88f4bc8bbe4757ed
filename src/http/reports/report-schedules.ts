import type { ClientSession } from 'mongoose';
import { isId } from '../../domain/ids';
import { requireEmail } from '../../domain/values/email';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import type { ReportRun } from '../../models/reports/report-run';
import { scheduleVersionOf, type ReportScheduleRow } from '../../models/reports/report-schedule';
import type { Clock } from '../../services/clock';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import { acceptBackfill } from '../../services/reports/schedules/accept-backfill';
import { acceptSchedule, prepareSchedules } from '../../services/reports/schedules/accept-schedule';
import { changeSchedule, type ScheduleChangeInput } from '../../services/reports/schedules/change-schedule';
import { deleteSchedule } from '../../services/reports/schedules/delete-schedule';
import { pauseSchedule, resumeSchedule } from '../../services/reports/schedules/move-schedule';
import { testSchedule } from '../../services/reports/schedules/test-schedule';
import { triggerSchedule } from '../../services/reports/schedules/trigger-schedule';
import { actorOf } from '../actor-of';
import { notFound, type Handlers } from '../handler';
import type { Call, Reply } from '../pipeline/request-context';
import { changeInTransaction } from '../replies/change-in-transaction';
import { etagOf, rejectUnlessMatching, replyWithTag } from '../replies/etag';
import type { Idempotency } from '../replies/idempotency';
import { instantOf, newestFirst, type ListOrder, type ListPage } from '../replies/list';
import { replyAccepted } from '../replies/settling';
import type { Turns } from '../replies/turns';
import { presentOperation, settlingOperation } from '../sandbox/present-operation';
import { presentReport } from './present-report';
import { COUNT_MS } from './reports';
import { presentRun, presentSchedule, presentUpcoming } from './present-schedule';

export interface ReportScheduleHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  turns: Turns;
  basePath: string;
  clock: Clock;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type ScheduleOperations =
  | 'createReportSchedule'
  | 'listReportSchedules'
  | 'getReportSchedule'
  | 'updateReportSchedule'
  | 'deleteReportSchedule'
  | 'pauseReportSchedule'
  | 'resumeReportSchedule'
  | 'triggerReportSchedule'
  | 'backfillReportSchedule'
  | 'testReportSchedule'
  | 'listUpcomingReports'
  | 'listReportRuns';

type ScheduleCall<Body = unknown> = Call<Body, unknown, { scheduleId: string }>;

/** Makes, reads, changes and deletes the schedules of reports, which belong to no process. */
export function reportScheduleHandlers(input: ReportScheduleHandlersInput): Handlers<ScheduleOperations> {
  const { database, idempotency, listPage, turns, basePath, clock, startSoon } = input;
  const { reportSchedules, reportRuns } = database.models;

  /** @throws DomainError `NOT_FOUND`, also for another tenant's */
  const find = async (
    { tenantId, params: { scheduleId } }: Pick<ScheduleCall, 'tenantId' | 'params'>,
    session?: ClientSession,
  ): Promise<ReportScheduleRow> => {
    const schedule = isId('reportSchedule', scheduleId)
      ? await reportSchedules
          .findOne({ _id: scheduleId, tenantId })
          .session(session ?? null)
          .lean<ReportScheduleRow>()
      : null;
    if (!schedule) throw notFound('schedule');
    return schedule;
  };

  /** Returns the schedule in a call's path for a change within a transaction. */
  const findToChange = async (call: ScheduleCall, session: ClientSession, at: Date): Promise<ScheduleChangeInput> => {
    const schedule = await find(call, session);
    rejectUnlessMatching({ call, version: scheduleVersionOf(schedule) });
    const offsetMs = await clock.offsetMs(call.tenantId);
    return { database, session, schedule, by: actorOf(call.caller), at, offsetMs };
  };

  const move = (
    call: ScheduleCall,
    change: (within: ScheduleChangeInput) => Promise<ReportScheduleRow>,
  ): Promise<Reply> =>
    idempotency.acceptOnce({
      call,
      write: async (session, _commandId, at) => replyWith(await change(await findToChange(call, session, at))),
    });

  return {
    createReportSchedule(call) {
      const { tenantId, caller, correlationId, body } = call;
      const until = body.until === undefined ? {} : { until: instantOf('until', body.until).toISOString() };
      return idempotency.acceptOnce({
        call,
        prepare: () => prepareSchedules({ database, tenantId }),
        contended: `${tenantId}/report-schedules`,
        async write(session, _commandId, at) {
          const schedule = await acceptSchedule({
            database,
            session,
            tenantId,
            request: { ...body, ...until },
            correlationId,
            by: actorOf(caller),
            at,
            offsetMs: await clock.offsetMs(tenantId),
          });
          const headers = {
            Location: `${basePath}/report-schedules/${schedule._id}`,
            ETag: etagOf(scheduleVersionOf(schedule)),
          };
          return { status: 201, headers, body: presentSchedule(schedule) };
        },
      });
    },

    listReportSchedules(call) {
      const { state } = call.query;
      return listPage({
        call,
        model: reportSchedules,
        filter: { tenantId: call.tenantId, ...(state === undefined ? {} : { state }) },
        by: newestFirst,
        present: (items: ReportScheduleRow[]) => items.map(presentSchedule),
      });
    },

    getReportSchedule: async (call) => replyWith(await find(call)),

    updateReportSchedule: (call) =>
      changeInTransaction({
        database,
        turns,
        contended: call.params.scheduleId,
        call,
        async change(session, at) {
          const { until } = call.body;
          const patch = { ...call.body, ...(until ? { until: instantOf('until', until).toISOString() } : {}) };
          return replyWith(await changeSchedule({ ...(await findToChange(call, session, at)), patch }));
        },
      }),

    deleteReportSchedule: (call) =>
      changeInTransaction({
        database,
        turns,
        contended: call.params.scheduleId,
        call,
        async change(session, at) {
          await deleteSchedule(await findToChange(call, session, at));
          return { status: 204, body: null };
        },
      }),

    pauseReportSchedule: (call) => move(call, (within) => pauseSchedule({ ...within, reason: 'requested' })),
    resumeReportSchedule: (call) => move(call, resumeSchedule),

    triggerReportSchedule(call) {
      call.deadline.restart(COUNT_MS);
      return idempotency.acceptOnce({
        call,
        async write(session, _commandId, at) {
          const { report, row } = await triggerSchedule({
            ...(await findToChange(call, session, at)),
            ...call.body,
            correlationId: call.correlationId,
            startDelayMs: OWN_SEND_MS,
          });
          const headers = { Location: `${basePath}/reports/${report._id}`, ETag: etagOf(report.version) };
          return { status: 202, headers, body: presentReport(report), afterCommit: () => startSoon(row) };
        },
      });
    },

    async backfillReportSchedule(call) {
      const reply = await idempotency.acceptOnce({
        call,
        contended: call.params.scheduleId,
        async write(session, _commandId, at) {
          const { operation, row } = await acceptBackfill({
            ...(await findToChange(call, session, at)),
            ...call.body,
            correlationId: call.correlationId,
            startDelayMs: OWN_SEND_MS,
          });
          const headers = { Location: `${basePath}/operations/${operation._id}`, ETag: etagOf(operation.version) };
          const body = presentOperation(operation);
          return { status: 202, headers, body, ...(row ? { afterCommit: () => startSoon(row) } : {}) };
        },
      });
      return replyAccepted({ call, reply, settling: settlingOperation(database) });
    },

    testReportSchedule: (call) =>
      idempotency.acceptOnce({
        call,
        async write(session, commandId) {
          const { correlationId, body } = call;
          const schedule = await find(call, session);
          const reportId = await testSchedule({ database, session, schedule, commandId, correlationId, ...body });
          return { status: 202, body: { email: requireEmail(body.email), reportId } };
        },
      }),

    async listUpcomingReports(call) {
      const schedule = await find(call);
      const now = await clock.now(call.tenantId);
      return { status: 200, body: { items: presentUpcoming(schedule, now, call.query.count ?? 10), next: null } };
    },

    async listReportRuns(call) {
      const { _id: scheduleId, tenantId } = await find(call);
      return listPage({
        call,
        model: reportRuns,
        filter: { tenantId, scheduleId },
        by: byWindow,
        present: (items: ReportRun[]) => items.map(presentRun),
      });
    },
  };
}

/** Several runs may begin at one instant: those of a day and of the month that it begins, after a change of period. */
const byWindow: ListOrder = {
  order: -1,
  fields: [
    { name: 'startAt', kind: 'date' },
    { name: '_id', kind: 'text' },
  ],
};

const replyWith = (schedule: ReportScheduleRow): Reply =>
  replyWithTag({ version: scheduleVersionOf(schedule), body: presentSchedule(schedule) });
