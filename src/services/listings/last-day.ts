import { dayOf, requireLastDay } from '../../domain/listings/duration';

export interface RequireLastDayOfPartnerInput {
  /** The partner's settings. */
  settings: { timeZone: string };
  lastDay: string;
  /** The tenant's business time. */
  at: Date;
}

/** Accepts a last day by the calendar of the partner's time zone. @throws DomainError `DURATION_INVALID` */
export const requireLastDayOfPartner = ({ settings, lastDay, at }: RequireLastDayOfPartnerInput): void =>
  requireLastDay({ lastDay, today: dayOf({ at: at.toISOString(), timeZone: settings.timeZone }) });
