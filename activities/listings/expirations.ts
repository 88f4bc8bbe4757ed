import type {
  ExpiredPage,
  FinishSweepInput,
  ListingsDue,
  NoticedPage,
  SweepBegun,
  SweepPage,
  SweepScope,
  SweepStep,
} from '../../src/contracts/listings/expiration';
import { createClock, type Clock } from '../../src/services/clock';
import { countDueListings } from '../../src/services/listings/sweep/count-due';
import { expireDueListings } from '../../src/services/listings/sweep/expire-due';
import { sendDueNotices } from '../../src/services/listings/sweep/send-notices';
import { beginSweep, finishSweep } from '../../src/services/listings/sweep/sweep-operation';
import type { ActivityDependencies } from '../dependencies';

type At<Input> = Input & { at: string };

/** Returns the business time of the swept tenant; where all are swept, real time. */
export const timeOfSweep = async (clock: Pick<Clock, 'offsetMs'>, { tenantId, at }: SweepScope): Promise<Date> =>
  new Date(Date.parse(at) + (tenantId === null ? 0 : await clock.offsetMs(tenantId)));

/**
 * The steps of a sweep. Each may run any number of times: what a step has done is not due any more, and ids and counts
 * are all that it returns.
 */
export const createExpirationActivities = ({ database }: ActivityDependencies) => {
  const clock = createClock({ database });

  const timeOf = (scope: SweepScope): Promise<Date> => timeOfSweep(clock, scope);

  return {
    /** Makes this run the owner of its operation and returns the tenants to sweep. */
    async beginExpiration({ at, ...step }: At<SweepStep>): Promise<SweepBegun> {
      const { tenantIds, dryRun } = await beginSweep({ database, ...step, at: new Date(at) });
      return { tenantIds, dryRun };
    },

    /** Counts the listings whose time has passed, and those whose owners are to be notified. */
    async getListingStatus(scope: SweepScope): Promise<ListingsDue> {
      const { expiry, notices } = await countDueListings({ ...scope, database, at: await timeOf(scope) });
      return { expiry, notices };
    },

    /** Moves a page of at most 500 listings whose time has passed to `expired`, each at its own end. */
    async expireListing(page: SweepPage): Promise<ExpiredPage> {
      const { expired, next } = await expireDueListings({ ...page, database, at: await timeOf(page) });
      return { expired, next: next && { at: next.at, id: next.id } };
    },

    /** Notifies the owners of a page of at most 500 listings of the end that comes, or that has come. */
    async remindListing(page: SweepPage): Promise<NoticedPage> {
      const { reminded, ended, next } = await sendDueNotices({ ...page, database, at: await timeOf(page) });
      return { reminded, ended, next: next && { at: next.at, id: next.id } };
    },

    /** Ends the operation with its counts. */
    async finishExpiration({ at, ...input }: At<FinishSweepInput>): Promise<void> {
      await finishSweep({ database, ...input, at: new Date(at) });
    },
  };
};
