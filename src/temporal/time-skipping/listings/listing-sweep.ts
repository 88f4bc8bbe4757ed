import { findDueInstant, sweepTenant } from '../../../services/listings/sweep/sweep-tenant';
import type { PeriodicWork } from '../periodic-work';

/** Listings whose time passes, and the notices to their owners. */
export const listingSweep: PeriodicWork = { run: sweepTenant, findDue: findDueInstant };
