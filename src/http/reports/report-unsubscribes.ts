import type { Database } from '../../models/database';
import type { ReportRecipient } from '../../models/reports/report-recipient';
import { findRecipient, unsubscribe } from '../../services/reports/delivery/subscriptions';
import { tenantOf } from '../../domain/tenant';
import { firstSupportedLocale } from '../../domain/values/locale';
import type { Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';
import { page } from '../pages/page';
import { pageLanguages, type PageKind } from '../pages/page-texts';

export interface ReportUnsubscribeHandlersInput {
  database: Database;
  basePath: string;
}

/**
 * Serves the page behind the unsubscribe link of a mail, for people without a key. Opening the page changes nothing,
 * because mail scanners follow links; its button and the one of a mail program (RFC 8058) send the same request.
 */
export function reportUnsubscribeHandlers({
  database,
  basePath,
}: ReportUnsubscribeHandlersInput): Handlers<'showReportUnsubscribe' | 'unsubscribeFromReports'> {
  const localeOf = async ({ tenantId }: ReportRecipient): Promise<string> => {
    const partner = await database.models.partners.findById(tenantOf(tenantId).partnerId, { locale: 1 }).lean();
    return firstSupportedLocale([partner?.locale ?? 'en'], pageLanguages);
  };

  const show = async (recipient: ReportRecipient, kind: PageKind, token: string): Promise<Reply> =>
    page({
      kind,
      locale: await localeOf(recipient),
      status: 200,
      action: `${basePath}/report-unsubscribes/${encodeURIComponent(token)}`,
    });

  return {
    async showReportUnsubscribe({ params: { token } }) {
      const recipient = await findRecipient({ database, token });
      if (!recipient) return notValid();
      return show(recipient, recipient.unsubscribedAt ? 'unsubscribed' : 'unsubscribe', token);
    },

    async unsubscribeFromReports({ params: { token } }) {
      const recipient = await findRecipient({ database, token });
      if (!recipient) return notValid();
      await unsubscribe({ database, recipient });
      return show(recipient, 'unsubscribed', token);
    },
  };
}

const notValid = (): Reply => page({ kind: 'forged', locale: 'en', status: 404 });
