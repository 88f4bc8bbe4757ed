import { newReportToken } from '../../contracts/reports/report-tokens';
import { DomainError } from '../../domain/domain-error';
import { isId } from '../../domain/ids';
import { publicAddress } from '../../domain/values/public-address';
import { LINK_DURATION, linkStateOf } from '../../domain/reports/delivery/link-expiry';
import type { ReportLink } from '../../models/reports/report-link';
import type { Clock } from '../../services/clock';
import { insertDocuments } from '../../services/insert-documents';
import { findLinkedFile, newReportLink } from '../../services/reports/delivery/report-links';
import { actorOf } from '../actor-of';
import type { components } from '../generated/openapi-types';
import { notFound, type Handlers } from '../handler';
import { RequestProblem } from '../problem';
import type { Idempotency } from '../replies/idempotency';
import { newestFirst, type ListPage } from '../replies/list';
import { findCalledReport } from './find-report';
import { replyWithFile, requireFile, type ReportFileHandlersInput } from './report-files';

export interface ReportLinkHandlersInput extends ReportFileHandlersInput {
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  clock: Clock;
  /** Base URL of the api for a browser, such as `https://api.example.com`. */
  publicUrl: string;
}

type LinkOperations = 'createReportLink' | 'listReportLinks' | 'revokeReportLink' | 'openReportLink';

/** Nobody is to find a file by searching for it. */
const UNLISTED = { 'X-Robots-Tag': 'noindex, nofollow' };

/** Makes, lists and revokes links to the files of reports, and serves the files to whoever has a link. */
export function reportLinkHandlers(input: ReportLinkHandlersInput): Handlers<LinkOperations> {
  const { database, idempotency, listPage, basePath, clock, publicUrl } = input;
  const { reportLinks } = database.models;

  return {
    createReportLink(call) {
      const { tenantId, caller } = call;
      const { format, expiresIn = LINK_DURATION } = call.body;
      const token = newReportToken();
      return idempotency.acceptOnce({
        call,
        async write(session, _commandId, at) {
          const report = await findCalledReport({ database, call, session });
          if (!report.formats.includes(format))
            throw new DomainError(
              'FORMAT_NOT_OFFERED',
              `The report has ${report.formats.join(', ')}: send one of them.`,
              {
                pointer: '/format',
              },
            );
          requireFile(report, format);
          const about = { tenantId, reportId: report._id, format, recipient: null, createdBy: actorOf(caller) };
          const link = newReportLink({ ...about, token, expiresIn, at });
          await insertDocuments({ model: reportLinks, documents: [link], session });
          return {
            status: 201,
            headers: { Location: `${basePath}/reports/${report._id}/links/${link._id}` },
            body: {
              ...presentLink(link, at),
              url: publicAddress({ publicUrl, path: `report-links/${token}` }),
            },
          };
        },
        kept: (reply) => ({ ...reply, body: { ...(reply.body as object), url: null } }),
      });
    },

    async listReportLinks(call) {
      const { _id: reportId, tenantId } = await findCalledReport({ database, call });
      const now = await clock.now(tenantId);
      return listPage({
        call,
        model: reportLinks,
        filter: { tenantId, reportId },
        by: newestFirst,
        present: (items: ReportLink[]) => items.map((link) => presentLink(link, now)),
      });
    },

    async revokeReportLink(call) {
      const { _id: reportId, tenantId } = await findCalledReport({ database, call });
      const { linkId: _id } = call.params;
      const link = isId('reportLink', _id) ? await reportLinks.findOne({ _id, tenantId, reportId }).lean() : null;
      if (!link) throw notFound('link');
      const revokedAt = await clock.now(tenantId);
      await reportLinks.updateOne({ _id, tenantId, revokedAt: null }, { $set: { revokedAt } });
      return { status: 204, body: null };
    },

    async openReportLink(call) {
      const linked = await findLinkedFile({ database, token: call.params.token });
      // What is wrong with a link is nobody's business who has only the link.
      if (!linked)
        throw new RequestProblem('NOT_FOUND', 'This link is not valid, or not any more. Ask its sender for another.', {
          headers: UNLISTED,
        });
      const reply = await replyWithFile({ ...input, call, ...linked });
      return { ...reply, headers: { ...reply.headers, ...UNLISTED } };
    },
  };
}

function presentLink(link: ReportLink, now: Date): components['schemas']['ReportLink'] {
  const { _id: id, reportId, format, recipient, createdBy, createdAt, expiresAt, revokedAt } = link;
  return {
    id,
    reportId,
    format,
    state: linkStateOf(link, now),
    recipient,
    createdBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
