import { ledgerEvents } from '../../../domain/payments/ledger';
import { postingKinds } from '../../../domain/reports/buckets/facts';
import type { Stretch } from '../../../domain/reports/buckets/split-window';
import { Tally, type Count } from '../../../domain/reports/facts/tally';
import { moneyCurrencies } from '../../../domain/reports/figures/money-figures';
import {
  addEntry,
  addToAccounts,
  carryOpening,
  statementFiguresOf,
  type StatementCut,
  type StatementPart,
} from '../../../domain/reports/figures/statement-figures';
import { statementReport, statementRows } from '../../../domain/reports/types/statement';
import { findClosing } from '../continue-statements';
import type { Gatherer, GatherScope, SectionGatherer } from './gatherer';
import { postingBuckets } from './read-buckets';
import { readInStages, type ReadStage } from './read-in-stages';
import { readPostings } from './read-postings';

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type StatementState = { counts: readonly Count[]; byBuckets: boolean; isCarried: boolean };

/** Before the first posting. */
const EVER = new Date(0);

/** Reads the books up to the end of the window: a balance is the sum of all postings. */
const accounts: SectionGatherer<StatementState> = {
  // A balance is the sum of all postings ever, however short the window.
  wantsBuckets: () => true,
  start: ({ byBuckets = false }) => ({ counts: [], byBuckets, isCarried: false }),

  async readPage({ after, limit, state, ...scope }) {
    const { window, asOf, previousAsOf } = scope;
    const tally = Tally.of(state.counts);
    const isCarried = after === null ? await carryFrom(scope, tally) : state.isCarried;
    const cut = { startAt: new Date(window.startAt), endAt: new Date(window.endAt), asOf, previousAsOf, isCarried };
    const { byBuckets } = state;
    const stages = (byBuckets ? bucketStagesOf : stagesOf)({ scope, cut, tally });
    const page = await readInStages({ stages, after, limit });
    return { rows: [], after: page.after, state: { counts: tally.counts(), byBuckets, isCarried } };
  },

  contentOf({ counts }, { filters }) {
    const tally = Tally.of(counts);
    return { figures: statementFiguresOf(tally, moneyCurrencies([tally], filters.currency)), series: [] };
  },
};

/** Opens a statement as the one before closed. Returns false where that one is not completed, or there is none. */
async function carryFrom(scope: GatherScope, tally: Tally): Promise<boolean> {
  const { database, tenantId, before: window, filters, previousAsOf: asOf } = scope;
  if (window === null || asOf === null) return false;
  const closing = await findClosing({ database, tenantId, type: statementReport.type, window, filters, asOf });
  if (closing) carryOpening(tally, closing);
  return closing !== null;
}

interface StagesInput {
  scope: GatherScope;
  cut: StatementCut;
  tally: Tally;
}

function stagesOf({ scope, cut, tally }: StagesInput): ReadStage[] {
  return [
    async (page) => {
      const { postings, ...read } = await readPostings({
        scope,
        events: ledgerEvents,
        from: EVER,
        to: cut.endAt,
        ...page,
      });
      for (const posting of postings) addEntry(tally, posting, cut);
      return read;
    },
  ];
}

/** Reads what is dated before the window, in the order of its recording, and then the window. */
function bucketStagesOf({ scope, cut, tally }: StagesInput): ReadStage[] {
  const { startAt, endAt, asOf, previousAsOf, isCarried = false } = cut;
  const stage = (stretch: Stretch, cuts: readonly Date[], parts: readonly StatementPart[]) =>
    postingBuckets({
      scope,
      stretch,
      cuts,
      kinds: Object.keys(postingKinds),
      takeCount: ({ era, currency, moved = {} }) => {
        if (currency === null) return;
        addToAccounts(tally, { id: parts[era]!, currency, movedOf: (account) => moved[account] ?? 0 });
      },
      takePosting: (posting) => addEntry(tally, posting, cut),
    });
  const earlier = { from: EVER, to: startAt };
  const asOfs = previousAsOf === null ? [asOf] : [previousAsOf, asOf];
  return [
    isCarried
      ? stage(earlier, [asOf], ['statement_earlier'])
      : stage(earlier, asOfs, ['statement_opening', 'statement_earlier']),
    stage({ from: startAt, to: endAt }, [asOf], ['statement_entries']),
  ];
}

/** Reads the report `statement`. */
export const statementGatherer: Gatherer = {
  countRows: () => Promise.resolve(0),
  sections: { accounts },
  rowsOfFigures: statementRows,
};
