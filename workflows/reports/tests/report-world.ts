import { analyticsReportId } from '../../../src/contracts/reports/report';
import { newId } from '../../../src/domain/ids';
import type { ReportFormat } from '../../../src/domain/reports/report-type';
import type { LedgerPosting } from '../../../src/models/payments/ledger-posting';
import type { Report } from '../../../src/models/reports/report';
import { acceptReport } from '../../../src/services/reports/accept-report';
import { orderReport, type ReportRequest } from '../../../src/services/reports/order-report';
import { createReportCommands } from '../../../src/temporal/commands/reports/report-commands';
import { untilAnswered } from '../../../src/testing/platform/until-answered';
import { openBaseWorld, tester, type BaseWorldInput } from '../../../src/testing/worlds/base-world';
import { waitFor } from '../../../src/testing/wait-for';

export type ReportWorld = Awaited<ReturnType<typeof openReportWorld>>;

export interface AcceptInput extends Partial<ReportRequest> {
  tenantId?: string;
  backfill?: boolean;
}

export const march = '2026-03';

/** Opens a world in which reports are made, with real MongoDB and Temporal. */
export async function openReportWorld(input: Partial<BaseWorldInput> = {}) {
  const world = await openBaseWorld({ taskQueues: ['reports'], ...input });
  const { database, client, starter } = world;
  const { models } = database;
  const holds = new Map<string, { reached: Promise<void>; release: () => void }>();
  const cancel = createReportCommands({ client, database, starter });

  return {
    ...world,
    /** Writes captures of March 2026, spread over its days. */
    async seedCaptures(count: number, { tenantId = world.tenantId, amountMinor = 100, currency = 'EUR' } = {}) {
      const first = Date.parse('2026-03-01T12:00:00Z');
      const postings = Array.from({ length: count }, (_, index): LedgerPosting => {
        const paymentId = newId('payment');
        return {
          _id: `${paymentId}:capture:1`,
          tenantId,
          event: 'capture',
          paymentId,
          currency,
          lines: [
            { account: 'captured', side: 'debit', amountMinor },
            { account: 'fulfilled', side: 'credit', amountMinor },
          ],
          at: new Date(first + Math.floor((index / count) * 30) * 86_400_000),
          recordedAt: new Date(),
        };
      });
      await models.ledgerPostings.collection.insertMany(postings as never);
    },
    /** Accepts a report as the api does, and starts its process. */
    async accept(
      { tenantId = world.tenantId, backfill, ...request }: AcceptInput = {},
      holdBefore?: (reportId: string) => { reached: Promise<void>; release: () => void },
    ): Promise<Report> {
      const { report, row } = await database.inTransaction(async (session) => {
        const at = await world.clock.now(tenantId);
        const formats: ReportFormat[] = ['json', 'csv'];
        const order = await orderReport({
          database,
          session,
          tenantId,
          request: { type: 'payments', period: march, formats, ...request },
          at,
          realNow: new Date(),
        });
        return acceptReport({
          database,
          session,
          tenantId,
          order: { ...order, backfill },
          correlationId: 'test',
          by: tester,
          at,
          offsetMs: 0,
        });
      });
      if (holdBefore) holds.set(report._id, holdBefore(report._id));
      await starter.start(row);
      return report;
    },
    read: (reportId: string): Promise<Report> => models.reports.findById(reportId).lean().orFail(),
    /** Waits until a report is in one of the states; returns it. */
    until: (reportId: string, ...wanted: (Report['state'] | Partial<Report>)[]): Promise<Report> =>
      waitFor(
        async () => {
          const report = (await models.reports.findById(reportId).lean().orFail()) as unknown as Report;
          const states = wanted.filter((one) => typeof one === 'string');
          const [fields = {}] = wanted.filter((one) => typeof one === 'object');
          const has = Object.entries(fields).every(([name, value]) => report[name as keyof Report] === value);
          return has && states.includes(report.state) ? report : null;
        },
        { what: `the report to be ${JSON.stringify(wanted)}` },
      ),
    /** Waits for a state while the wake-ups in the outbox are sent, as the relay does. */
    untilRelayed: (reportId: string, state: Report['state']): Promise<boolean> =>
      waitFor(
        async () => {
          for (const row of await models.outbox.find({ open: true, pending: 'temporal' }).lean())
            await starter.start(row);
          return (await models.reports.findById(reportId).lean().orFail()).state === state;
        },
        { what: `the report to be ${state}` },
      ),
    /** The hold of a report that was accepted with one. */
    holdOf: (reportId: string) => holds.get(reportId)!,
    handle: (reportId: string) => client.workflow.getHandle(analyticsReportId(reportId)),
    cancel: (reportId: string, tenantId = world.tenantId, commandId: string = newId('event')) =>
      untilAnswered(() => cancel({ tenantId, reportId, commandId, by: tester })),
    eventsOf: async (reportId: string): Promise<string[]> =>
      (await models.events.find({ entityId: reportId }).sort({ version: 1 }).lean()).map(({ type }) => type),
    /** Returns the time at which a report got its place. */
    startOf: async (entityId: string): Promise<number> =>
      (await models.events.findOne({ entityId, type: 'report.started' }).lean().orFail()).at.getTime(),
    /** Returns the numbers of parts, rows of files, stored files and stored chunks: what a report leaves behind. */
    async remains(reportId: string) {
      const [parts, files, stored, chunks] = await Promise.all([
        models.reportParts.countDocuments({ reportId }),
        models.files.countDocuments({ reportId }),
        models.storedFiles.countDocuments({}),
        models.storedChunks.countDocuments({}),
      ]);
      return { parts, files, stored, chunks };
    },
  };
}
