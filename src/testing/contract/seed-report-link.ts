import { newReportToken } from '../../contracts/reports/report-tokens';
import type { Database } from '../../models/database';
import { newReportLink } from '../../services/reports/delivery/report-links';

export interface SeedReportLinkInput {
  database: Database;
  tenantId: string;
  reportId: string;
}

/** Writes a link to the CSV file of a report, which need not be completed. Returns the values by path parameter. */
export async function seedReportLink({ database, tenantId, reportId }: SeedReportLinkInput) {
  const token = newReportToken();
  const createdBy = { kind: 'api_key', id: 'key_test' } as const;
  const about = { tenantId, reportId, format: 'csv', recipient: null, createdBy } as const;
  const link = newReportLink({ ...about, token, expiresIn: 'P7D', at: new Date() });
  await database.models.reportLinks.insertMany([link]);
  return { linkId: link._id, token };
}
