import type { ClientSession } from 'mongoose';
import { isId } from '../../domain/ids';
import { hasReportEnded } from '../../domain/reports/report';
import { reportTypes } from '../../domain/reports/report-types';
import type { ReportType } from '../../domain/reports/report-type';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import type { Report } from '../../models/reports/report';
import type { Clock } from '../../services/clock';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import { acceptReport, type ReportOrder } from '../../services/reports/accept-report';
import { ensureSlots } from '../../services/reports/slots';
import { remakeRun } from '../../services/reports/schedules/write-run';
import { orderRemake, orderReport, requireEnded } from '../../services/reports/order-report';
import type { SendReportCommand } from '../../temporal/commands/reports/report-commands';
import { actorOf } from '../actor-of';
import type { CallOf, Handlers } from '../handler';
import type { Call, Reply } from '../pipeline/request-context';
import { etagOf } from '../replies/etag';
import type { Idempotency } from '../replies/idempotency';
import { instantOf, newestFirst, type ListPage } from '../replies/list';
import { listEvents } from '../replies/list-events';
import { replyAccepted, replyCurrent, type Settling } from '../replies/settling';
import { findCalledReport } from './find-report';
import { presentReport, presentReportType } from './present-report';

export interface ReportHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  clock: Clock;
  sendReportCommand: SendReportCommand;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type ReportOperations =
  | 'listReportTypes'
  | 'createReport'
  | 'listReports'
  | 'getReport'
  | 'listReportEvents'
  | 'cancelReport'
  | 'remakeReport';

interface AcceptReportCallInput {
  call: Call;
  order: OrderWithin;
  prepare?: () => Promise<void>;
  /** Writes what belongs to the accepted report. */
  alongside?: (session: ClientSession, report: Report) => Promise<void>;
}

type OrderWithin = (input: { session: ClientSession; at: Date }) => Promise<ReportOrder>;

/** Rows are counted before a report is accepted, which takes seconds for the most that a report may have. */
export const COUNT_MS = 15_000;

/** Accepts reports, reads them with their figures, cancels them and makes them again. */
export function reportHandlers(input: ReportHandlersInput): Handlers<ReportOperations> {
  const { database, idempotency, listPage, basePath, clock, sendReportCommand, startSoon } = input;
  const { reports } = database.models;

  const settling: Settling<Report> = {
    name: 'report',
    model: reports,
    find: async ({ tenantId, id }) => (isId('report', id) ? reports.findOne({ _id: id, tenantId }).lean() : null),
    hasSettled: ({ state }) => hasReportEnded(state),
    present: presentReport,
  };

  /** The time by which facts are recorded is real, the time by which a window is over is the tenant's. */
  const accept = async ({ call, order, prepare, alongside }: AcceptReportCallInput): Promise<Reply> => {
    call.deadline.restart(COUNT_MS);
    const { tenantId, caller, correlationId } = call;
    const reply = await idempotency.acceptOnce({
      call,
      prepare,
      async write(session, _commandId, at) {
        const { report, row } = await acceptReport({
          database,
          session,
          tenantId,
          order: await order({ session, at }),
          correlationId,
          by: actorOf(caller),
          at,
          offsetMs: await clock.offsetMs(tenantId),
          startDelayMs: OWN_SEND_MS,
        });
        await alongside?.(session, report);
        const headers = { Location: `${basePath}/reports/${report._id}`, ETag: etagOf(report.version) };
        return { status: 202, headers, body: presentReport(report), afterCommit: () => startSoon(row) };
      },
    });
    return replyAccepted({ call, reply, settling });
  };

  return {
    listReportTypes: async () => ({
      status: 200,
      body: { items: Object.values<ReportType>(reportTypes).map(presentReportType), next: null },
    }),

    createReport(call) {
      const { tenantId, body: request } = call;
      const realNow = new Date();
      return accept({
        call,
        order: ({ session, at }) => orderReport({ database, session, tenantId, request, at, realNow }),
        prepare: request.type === 'statement' ? () => ensureSlots({ database, tenantId }) : undefined,
      });
    },

    remakeReport(call) {
      const realNow = new Date();
      return accept({
        call,
        async order({ session, at }) {
          const report = await findCalledReport({ database, call, session });
          requireEnded(report);
          return orderRemake({ database, report, at, realNow });
        },
        alongside: (session, report) => remakeRun({ database, session, report }),
      });
    },

    listReports(call) {
      return listPage({
        call,
        model: reports,
        filter: filterOf(call),
        by: newestFirst,
        // The points of a year's charts are thousands in each currency, and nobody reads a hundred years at once.
        without: ['series'],
        present: (items: Report[]) => items.map((report) => ({ ...presentReport(report), series: null })),
      });
    },

    getReport: (call) => replyCurrent({ call, id: call.params.reportId, settling }),

    async listReportEvents(call) {
      const { _id: entityId } = await findCalledReport({ database, call });
      return listEvents({ call, database, listPage, entityId, currency: null });
    },

    async cancelReport(call) {
      const { _id: reportId, tenantId } = await findCalledReport({ database, call });
      return idempotency.commandOnce({
        call,
        send: async (commandId) => ({
          status: 200,
          headers: { 'Content-Location': `${basePath}/reports/${reportId}` },
          body: {
            id: reportId,
            ...(await sendReportCommand({ tenantId, reportId, commandId, by: actorOf(call.caller) })),
          },
        }),
      });
    },
  };
}

function filterOf({ tenantId, query }: CallOf<'listReports'>): Record<string, unknown> {
  const { type, state, period, scheduleId, since } = query;
  return {
    tenantId,
    ...(type === undefined ? {} : { type }),
    ...(state === undefined ? {} : { state }),
    ...(period === undefined ? {} : { 'window.period': period }),
    ...(scheduleId === undefined ? {} : { scheduleId }),
    ...(since === undefined ? {} : { createdAt: { $gte: instantOf('since', since) } }),
  };
}
