import { createGridFsFileStore } from '../../../../clients/storage/gridfs-file-store';
import { createMailer } from '../../../../clients/mailer/mailer';
import { tenantOf } from '../../../../domain/tenant';
import type { Report } from '../../../../models/reports/report';
import { createSendMail } from '../../../../queue/jobs/send-mail';
import { consumeRow } from '../../../../queue/relay/consume-row';
import { offerCsvFile } from '../../../../testing/contract/offer-csv-file';
import { deliverAll, people, silent } from '../../../../testing/queue-test-bed';
import { openMailServer } from '../../../../testing/servers/mail-server';
import { beginReport } from '../../advance-report';
import { completeReport, failReport } from '../../end-report';
import { openScheduleWorld } from '../../schedules/tests/schedule-world';

const NOW = '2027-05-10T05:01:00.000Z';
export const CSV = 'paymentId,amount,currency\r\npay_1,-10.50,EUR\r\n';

/** Opens schedules whose mails go to a server of the test, and whose reports the test makes. */
export async function openDeliveryWorld() {
  const world = await openScheduleWorld();
  const { database, tenantId } = world;
  const server = await openMailServer();
  const mailer = createMailer({ smtpUrl: server.smtpUrl, from: 'Platform <no-reply@platform.example>' });
  const fileStore = createGridFsFileStore({ database });
  const { models } = database;
  const partner = { ...people().partner, _id: tenantOf(tenantId).partnerId, name: 'Acme', locale: 'en' };
  await models.partners.insertMany([partner]);
  await world.setNow(NOW);
  const act = createSendMail({
    ...deliverAll,
    database,
    mailer,
    fileStore,
    publicUrl: 'https://api.example.com',
    verificationSecret: 'a secret of the tests',
  });

  const stepOf = (reportId: string) => ({ database, tenantId, reportId, chain: 'chain', step: 'begin', at: NOW });
  const reportOf = (reportId: string): Promise<Report> => models.reports.findById(reportId).orFail().lean().exec();

  return {
    ...world,
    server,
    fileStore,
    reportOf,
    /** Returns the ids of a schedule's reports, the oldest window first. */
    reportsOf: async (scheduleId: string) =>
      (await world.runsOf(scheduleId)).flatMap(({ reportId }) => (reportId === null ? [] : [reportId])),
    /** Brings a report to its last step, with a CSV file. */
    async prepare(reportId: string): Promise<void> {
      await beginReport(stepOf(reportId));
      await offerCsvFile({ database, store: fileStore, tenantId, reportId, content: CSV });
      const figures = [{ id: 'captured', currency: 'EUR', by: null, value: 123450 }];
      await models.reports.updateOne(
        { _id: reportId },
        { $set: { state: 'storing', rowCount: 1, figures, files: [] } },
      );
    },
    complete: (reportId: string) => completeReport({ ...stepOf(reportId), step: 'end' }),
    async fail(reportId: string): Promise<void> {
      await beginReport(stepOf(reportId));
      await failReport({ ...stepOf(reportId), step: 'end', failure: { code: 'INTERNAL', detail: 'Make it again.' } });
    },
    /** Returns the number of mails that are ordered and not yet at their end. */
    ordered: () => models.outbox.countDocuments({ open: true, pending: 'mail' }),
    /** Offers every ordered mail to the server once. */
    async send(): Promise<void> {
      const rows = await models.outbox.find({ open: true, pending: 'mail' }).sort({ _id: 1 }).lean();
      const signal = new AbortController().signal;
      for (const { _id: rowId } of rows)
        await consumeRow({ database, rowId, consumer: 'mail', act, signal, logger: silent }).catch(() => undefined);
    },
    /** Returns the states of a report's recipients, or of a schedule's. */
    statesOf: ({ deliverTo = [] }: Pick<Report, 'deliverTo'>) => deliverTo.map(({ state }) => state),
    async close(): Promise<void> {
      mailer.close();
      await server.stop();
      await world.close();
    },
  };
}

export type DeliveryWorld = Awaited<ReturnType<typeof openDeliveryWorld>>;
