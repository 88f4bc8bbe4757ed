import type { Database } from '../../models/database';
import { notFound, type Handlers } from '../handler';

export interface Limits {
  requestsPerMinute: number;
  maxBodyBytes: number;
}

const MAX_PAGE_SIZE = 100;

export interface MeHandlersInput {
  database: Database;
  limits: Limits;
}

/** Reads the caller and its limits. */
export function meHandlers({ database, limits }: MeHandlersInput): Handlers<'getMe'> {
  return {
    async getMe({ caller: { partnerId, tenantId, mode, scopes } }) {
      const partner = partnerId === null ? null : await database.models.partners.findOne({ _id: partnerId }).lean();
      if (partnerId !== null && !partner) throw notFound('partner');
      return {
        status: 200,
        body: {
          partner: partner && {
            id: partner._id,
            name: partner.name,
            timeZone: partner.timeZone,
            locale: partner.locale,
          },
          tenantId,
          mode,
          scopes,
          limits: {
            requestsPerMinute: limits.requestsPerMinute,
            maxBodyBytes: limits.maxBodyBytes,
            maxPageSize: MAX_PAGE_SIZE,
          },
        },
      };
    },
  };
}
