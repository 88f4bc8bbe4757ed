import type { QueryFilter } from 'mongoose';
import { requireDunningLadder } from '../../domain/subscriptions/dunning';
import { requireDenyList } from '../../domain/payments/fraud';
import { planDifferently, type NoticeSettings } from '../../domain/listings/expiry/notices';
import {
  partnerListingsOf,
  requirePartnerListings,
  type PartnerListings,
} from '../../domain/listings/partner-listings';
import { requireCsvSettings, type PartnerReports } from '../../domain/reports/report-settings';
import { normaliseEmail, requireEmail } from '../../domain/values/email';
import { isId, newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { insertDocuments } from '../../services/insert-documents';
import { orderReplan } from '../../services/listings/sweep/replan-notices';
import type { Partner } from '../../models/partners/partner';
import { etagOf, rejectUnlessMatching, replyWithTag } from '../replies/etag';
import { notFound, type Handler, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { byId, type ListPage } from '../replies/list';
import { RequestProblem } from '../problem';
import { presentPartner } from './present-partner';

export interface PartnerHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
}

/** Creates, lists, reads and changes partner accounts; platform operator only. */
export function partnerHandlers({
  database,
  idempotency,
  listPage,
  basePath,
}: PartnerHandlersInput): Handlers<'createPartner' | 'listPartners' | 'getPartner' | 'updatePartner'> {
  const { partners } = database.models;

  const find = async (partnerId: string): Promise<Partner> => {
    const partner = isId('partner', partnerId) ? await partners.findOne({ _id: partnerId }).lean() : null;
    if (!partner) throw notFound('partner');
    return partner;
  };

  const update: Handler<'updatePartner'> = async (call) => {
    const before = await find(call.params.partnerId);
    const { _id, version } = before;
    rejectUnlessMatching({ call, version });
    const { listings = {}, reports, ...settings } = call.body;
    const { dunning, denyList, reviewers } = settings;
    if (dunning) requireDunningLadder(dunning);
    const changes = {
      ...settings,
      ...fieldsWithin('listings', requireListings(listings)),
      ...(reports ? { reports: requireReports(reports, before.reports) } : {}),
      ...(denyList ? { denyList: requireDenyList(denyList) } : {}),
      ...(reviewers ? { reviewers: requireAddresses(reviewers, '/reviewers') } : {}),
      updatedAt: new Date(),
    };
    const setsNotices = call.body.timeZone !== undefined || call.body.listings !== undefined;
    // The separators, and the times of notices, are compared with those that this version has.
    const isGuarded = call.headers['if-match'] !== undefined || reports !== undefined || setsNotices;
    const guard: QueryFilter<Partner> = isGuarded ? { _id, version } : { _id };
    const partner = await database.inTransaction(async (session) => {
      const after = await partners
        .findOneAndUpdate(guard, { $set: changes, $inc: { version: 1 } }, { returnDocument: 'after', session })
        .lean();
      if (after && setsNotices && planDifferently(noticeSettingsOf(before), noticeSettingsOf(after)))
        await orderReplan({ database, session, partnerId: _id, correlationId: call.correlationId });
      return after;
    });
    // Another request changed the partner first: the new version is looked at again, by If-Match too.
    if (!partner) return update(call);
    return { status: 200, headers: { ETag: etagOf(partner.version) }, body: presentPartner(partner) };
  };

  return {
    createPartner(call) {
      const {
        name,
        timeZone,
        locale,
        reviewers = [],
        metadata = {},
        dunning,
        suspendedUsers = null,
        denyList = [],
        listings = {},
        reports = {},
      } = call.body;
      const now = new Date();
      const partner: Partner = {
        _id: newId('partner'),
        name,
        timeZone,
        locale,
        reviewers: requireAddresses(reviewers, '/reviewers'),
        dunning: dunning ? requireDunningLadder(dunning) : null,
        suspendedUsers,
        denyList: requireDenyList(denyList),
        listings: requireListings(listings),
        reports: requireReports(reports),
        metadata,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
      return idempotency.acceptOnce({
        call,
        async write(session) {
          await insertDocuments({ model: partners, documents: [partner], session });
          return {
            status: 201,
            headers: { Location: `${basePath}/partners/${partner._id}`, ETag: etagOf(1) },
            body: presentPartner(partner),
          };
        },
      });
    },

    listPartners: (call) =>
      listPage({
        call,
        model: partners,
        filter: {},
        by: byId(-1),
        present: (items) => items.map(presentPartner),
      }),

    async getPartner(call) {
      const partner = await find(call.params.partnerId);
      return replyWithTag({ version: partner.version, body: presentPartner(partner) });
    },

    updatePartner: update,
  };
}

const noticeSettingsOf = ({ timeZone, listings }: Partner): NoticeSettings => ({
  ...partnerListingsOf(listings),
  timeZone,
});

/** Returns settings of listings for storage. @throws DomainError, RequestProblem */
function requireListings({ deputies, ...sent }: Partial<PartnerListings>): Partial<PartnerListings> {
  const listings = requirePartnerListings(sent);
  return deputies ? { ...listings, deputies: requireAddresses(deputies, '/listings/deputies') } : listings;
}

/** Returns settings of reports for storage. @throws DomainError */
const requireReports = ({ csv }: PartnerReports, before?: PartnerReports): PartnerReports =>
  csv ? { csv: requireCsvSettings(csv, before) } : {};

/** Returns each field under its path, so that the fields that were not sent stay. */
const fieldsWithin = (name: string, fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${name}.${field}`, value]));

/**
 * Returns the addresses in the form in which they are stored.
 * @throws RequestProblem for an address that is listed twice, however it is written
 */
function requireAddresses(addresses: readonly string[], field: string): string[] {
  const keys = addresses.map(normaliseEmail);
  const again = keys.findIndex((key, index) => keys.indexOf(key) < index);
  if (again === -1) return addresses.map(requireEmail);
  const pointer = `${field}/${again}`;
  const detail = `is the same address as ${field}/${keys.indexOf(keys[again] ?? '')}; send it once`;
  throw new RequestProblem('INVALID_REQUEST', `${pointer.slice(1)} ${detail}`, {
    errors: [{ pointer, rule: 'uniqueItems', detail }],
  });
}
