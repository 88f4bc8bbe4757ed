import type { ClientSession } from 'mongoose';
import { dayOf, requireLastDay } from '../../domain/listings/duration';
import type { Database } from '../../models/database';
import { findListingSettings } from './partner-settings';

export interface RequireLastDayOfTenantInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  lastDay: string;
  /** The tenant's business time. */
  at: Date;
}

/** Accepts a last day by the calendar of the partner's time zone. @throws DomainError `DURATION_INVALID` */
export async function requireLastDayOfTenant({
  database,
  session,
  tenantId,
  lastDay,
  at,
}: RequireLastDayOfTenantInput): Promise<void> {
  const { timeZone } = await findListingSettings({ database, session, tenantId });
  requireLastDay({ lastDay, today: dayOf({ at: at.toISOString(), timeZone }) });
}
