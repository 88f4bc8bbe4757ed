import { hashOfReportToken } from '../../../contracts/reports/report-tokens';
import { newId } from '../../../domain/ids';
import { linkExpiry, linkStateOf } from '../../../domain/reports/delivery/link-expiry';
import type { Database } from '../../../models/database';
import type { OfferedFile, Report } from '../../../models/reports/report';
import type { ReportLink } from '../../../models/reports/report-link';
import { createClock } from '../../clock';

export interface NewReportLinkInput extends Pick<
  ReportLink,
  'tenantId' | 'reportId' | 'format' | 'recipient' | 'createdBy'
> {
  token: string;
  /** An ISO 8601 duration. */
  expiresIn: string;
  /** The tenant's time. */
  at: Date;
}

/** Returns a link to a file of a report. @throws DomainError `LINK_EXPIRY_INVALID` */
export const newReportLink = ({ token, expiresIn, at, ...link }: NewReportLinkInput): ReportLink => ({
  _id: newId('reportLink'),
  ...link,
  tokenHash: hashOfReportToken(token),
  createdAt: at,
  expiresAt: linkExpiry({ expiresIn, from: at }),
  revokedAt: null,
});

/** The report and the file behind a link. */
export interface LinkedFile {
  report: Pick<Report, '_id' | 'tenantId'>;
  file: OfferedFile;
}

/**
 * Returns what is behind a token; null for one that is unknown, has expired or was revoked, and where the file is no
 * longer offered. The token has no tenant, but nobody else can know it.
 */
export async function findLinkedFile({
  database,
  token,
}: {
  database: Database;
  token: string;
}): Promise<LinkedFile | null> {
  const { reportLinks, reports } = database.models;
  const link = await reportLinks.findOne({ tokenHash: hashOfReportToken(token) }).lean();
  if (!link) return null;
  const { tenantId, reportId: _id, format } = link;
  if (linkStateOf(link, await createClock({ database }).now(tenantId)) !== 'active') return null;
  const report = await reports.findOne({ _id, tenantId, state: 'completed' }, { files: 1, tenantId: 1 }).lean();
  const file = report?.files.find((each) => each.format === format);
  return report && file ? { report, file } : null;
}
