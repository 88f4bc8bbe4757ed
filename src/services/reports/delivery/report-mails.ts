import type { ReportDelivery, ReportMailData, ReportMailInput, ReportMails } from '../../../contracts/reports/delivery';
import { mailedToken } from '../../../contracts/reports/report-tokens';
import { byWorkflow } from '../../../domain/actor';
import { awaitsMail } from '../../../domain/reports/delivery/recipients';
import { LINK_DURATION } from '../../../domain/reports/delivery/link-expiry';
import { FileDamaged, FileMissing, type FileStore } from '../../../domain/reports/file-store';
import { requireReportType } from '../../../domain/reports/report-request';
import { normaliseEmail } from '../../../domain/values/email';
import { publicAddress } from '../../../domain/values/public-address';
import type { Database } from '../../../models/database';
import type { OfferedFile, ReportWithoutPoints } from '../../../models/reports/report';
import { onDamagedFile } from '../damaged-files';
import { readReportFile } from '../files';
import { oldestFirst } from './deliver-reports';
import { newReportLink } from './report-links';
import { subscribe } from './subscriptions';

export interface CreateReportMailsInput {
  database: Database;
  fileStore: Pick<FileStore, 'read'>;
  /** Base URL of the api for the recipient's browser. */
  publicUrl: string;
  secret: string;
  logger: { warn: (fields: object, message: string) => void };
}

/** Returns what loads the mails about reports. It makes links and reads files, so nothing of them is kept before. */
export function createReportMails(input: CreateReportMailsInput): ReportMails {
  const { database, publicUrl, secret } = input;
  const addressOf = (path: string): string => publicAddress({ publicUrl, path });

  const unsubscribeUrlOf: ReportMails['unsubscribeUrlOf'] = async ({ tenantId, mail }) => {
    const { scope } = mail.data as ReportMailData;
    const token = await subscribe({ database, secret, tenantId, scope, emailKey: normaliseEmail(mail.to ?? '') });
    return token === null ? null : addressOf(`report-unsubscribes/${token}`);
  };

  return {
    unsubscribeUrlOf,
    async deliveryOf({ tenantId, mail, at }): Promise<ReportDelivery | null> {
      const unsubscribeUrl = await unsubscribeUrlOf({ tenantId, mail });
      const reports = unsubscribeUrl === null ? [] : await findReports({ database, tenantId, mail });
      if (unsubscribeUrl === null || reports.length === 0) return null;
      const emailKey = normaliseEmail(mail.to ?? '');
      const isTest = (mail.data as ReportMailData).group === null;
      const links = await makeLinks({ database, secret, tenantId, mail, at, reports });
      return {
        unsubscribeUrl,
        isTest,
        linksUntil: links.expiresAt,
        reports: reports.map((report) => {
          const { _id: id, type, window, complete, figures, warnings, files, deliverTo = [] } = report;
          // A test shows what recipients get, to somebody who may be none of them.
          const attach = isTest ? null : deliverTo.find((one) => one.emailKey === emailKey)?.attach;
          const file = files.find(({ format }) => format === attach);
          return {
            id,
            type: requireReportType(type),
            window,
            complete,
            figures: figures ?? [],
            warnings,
            links: files.map(({ format }) => ({
              format,
              url: addressOf(`report-links/${links.tokenOf({ reportId: id, format })}`),
            })),
            file: file ? { ...file, read: () => readFile({ ...input, report, file }) } : null,
          };
        }),
      };
    },
  };
}

interface MailedReports extends Pick<ReportMailInput, 'tenantId' | 'mail'> {
  database: Database;
}

/** Returns the reports of a mail that the recipient has not got yet, the oldest window first. */
async function findReports({ database, tenantId, mail }: MailedReports): Promise<ReportWithoutPoints[]> {
  const { reports } = database.models;
  const { group, reportId } = mail.data as ReportMailData;
  const about = group === null ? { _id: reportId ?? '', tenantId } : { tenantId, deliveryGroup: group };
  const found = await reports.find(about, { series: 0 }).lean<ReportWithoutPoints[]>();
  const emailKey = normaliseEmail(mail.to ?? '');
  const isWanted = ({ deliverTo = [] }: ReportWithoutPoints): boolean =>
    group === null || deliverTo.some((one) => one.emailKey === emailKey && awaitsMail(one));
  return found.filter((report) => report.state === 'completed' && isWanted(report)).toSorted(oldestFirst);
}

interface MakeLinksInput extends MailedReports, Pick<ReportMailInput, 'at'> {
  secret: string;
  reports: readonly ReportWithoutPoints[];
}

interface LinkedFormat {
  reportId: string;
  format: OfferedFile['format'];
}

/** Makes a link to each file, for a week from this attempt to send the mail. */
async function makeLinks({ database, secret, tenantId, mail, at, reports }: MakeLinksInput) {
  const { reportLinks } = database.models;
  const tokenOf = ({ reportId, format }: LinkedFormat): string =>
    mailedToken({ secret, about: `link\0${mail.key}\0${reportId}\0${format}` });
  const formats = reports.flatMap(({ _id: reportId, files }) => files.map(({ format }) => ({ reportId, format })));
  const links = formats.map((of) =>
    newReportLink({
      ...of,
      tenantId,
      token: tokenOf(of),
      recipient: mail.to,
      createdBy: byWorkflow,
      expiresIn: LINK_DURATION,
      at,
    }),
  );
  if (links.length > 0)
    await reportLinks.bulkWrite(
      links.map(({ tokenHash, expiresAt, ...link }) => ({
        // A mail that is sent late has links that work for as long.
        updateOne: { filter: { tokenHash }, update: { $setOnInsert: link, $max: { expiresAt } }, upsert: true },
      })),
    );
  return { tokenOf, expiresAt: links[0]?.expiresAt ?? at };
}

/** Reads a file whole, so that its digest is known before a mail has any of it. */
async function readFile({
  database,
  fileStore: store,
  logger,
  report: { _id: reportId, tenantId },
  file: { fileId: _id, bytes, sha256, format },
}: CreateReportMailsInput & { report: ReportWithoutPoints; file: OfferedFile }): Promise<Buffer | null> {
  const log = (fields: object, message: string): void => logger.warn(fields, message);
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of await readReportFile({
      database,
      store,
      file: { _id, tenantId, bytes, sha256 },
      onDamaged: onDamagedFile({ database, tenantId, fileId: _id, reportId, format, log }),
    }))
      pieces.push(piece);
    return Buffer.concat(pieces);
  } catch (error) {
    if (error instanceof FileDamaged || error instanceof FileMissing) return null;
    throw error;
  }
}
