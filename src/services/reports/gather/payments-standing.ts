import { Tally, type Count } from '../../../domain/reports/facts/tally';
import { figuresOf } from '../../../domain/reports/figures/figures-of';
import { moneyCurrencies } from '../../../domain/reports/figures/money-figures';
import { addStanding, standingFigures } from '../../../domain/reports/figures/standing-figures';
import { findStandings } from './find-standings';
import type { SectionGatherer } from './gatherer';
import { endedLater, openOrEndedSince, type StandingEntity } from './open-entities';
import { readInStages, type ReadStage } from './read-in-stages';

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type StandingState = { counts: readonly Count[] };

/**
 * Counts the payments and refunds that were under way at the end of the window, from their events. Reads what ended
 * since the window and what is open, and nothing that had ended before: its cost does not grow with what ever was.
 */
export const paymentsStanding: SectionGatherer<StandingState> = {
  start: () => ({ counts: [] }),

  async readPage({ after, limit, state, ...scope }) {
    const counts = Tally.of(state.counts);
    const count = async (entityType: StandingEntity, ids: readonly string[]) => {
      for await (const standing of findStandings({ scope, entityType, ids })) addStanding(counts, standing);
    };
    const later =
      (entityType: StandingEntity): ReadStage =>
      async (page) => {
        const { ids, ...read } = await endedLater({ scope, entityType, ...page });
        await count(entityType, ids);
        return read;
      };
    // In one page: where an entity ends meanwhile, a later page would count it again or not at all.
    const rest: ReadStage = async () => {
      const { payment, refund } = await openOrEndedSince(scope);
      await count('payment', payment);
      await count('refund', refund);
      return { after: null, read: payment.length + refund.length };
    };
    const page = await readInStages({ stages: [later('payment'), later('refund'), rest], after, limit });
    return { rows: [], after: page.after, state: { counts: counts.counts() } };
  },

  contentOf({ counts }, { filters }) {
    const tally = Tally.of(counts);
    const currencies = moneyCurrencies([tally], filters.currency);
    return { figures: figuresOf({ definitions: standingFigures, tally, currencies }), series: [] };
  },
};
