import type { EventType } from '../../../contracts/events';
import { effectOfCount, eventOfCount } from '../../../domain/reports/buckets/facts';
import { isLongWindow } from '../../../domain/reports/buckets/long-window';
import { paymentEffectKinds } from '../../../domain/reports/facts/payment-effects';
import { addEvent, summaryEvents, type SummaryEventType } from '../../../domain/reports/facts/summary-events';
import { Tally, type Count } from '../../../domain/reports/facts/tally';
import { figuresOf } from '../../../domain/reports/figures/figures-of';
import { addEffects, addPosting, moneyCurrencies } from '../../../domain/reports/figures/money-figures';
import { computedSummaryFigures } from '../../../domain/reports/figures/summary-figures';
import type { ReportWindow } from '../../../domain/reports/calendar/window';
import { summaryReport, summaryRows } from '../../../domain/reports/types/summary';
import type { GatherScope, Gatherer, SectionGatherer } from './gatherer';
import { eventBuckets, postingBuckets } from './read-buckets';
import { readEvents } from './read-events';
import { readInStages, type ReadStage } from './read-in-stages';
import { readPostings } from './read-postings';

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type SummaryState = { counts: readonly Count[]; before: readonly Count[]; byBuckets: boolean };

const types = Object.keys(summaryEvents) as SummaryEventType[] satisfies EventType[];

/** Counts the events and the money of the window, then those of the window before it. */
const figures: SectionGatherer<SummaryState> = {
  wantsBuckets: ({ window }) => isLongWindow(window),
  start: ({ byBuckets = false }) => ({ counts: [], before: [], byBuckets }),

  async readPage({ after, limit, state, ...scope }) {
    const [counts, before] = [Tally.of(state.counts), Tally.of(state.before)];
    const { byBuckets } = state;
    const stagesFrom = byBuckets ? bucketStagesOf : stagesOf;
    const stages = [
      ...stagesFrom({ scope, window: scope.window, tally: counts }),
      ...(scope.before ? stagesFrom({ scope, window: scope.before, tally: before }) : []),
    ];
    const page = await readInStages({ stages, after, limit });
    return { rows: [], after: page.after, state: { counts: counts.counts(), before: before.counts(), byBuckets } };
  },

  contentOf({ counts, before }, scope) {
    const [tally, tallyBefore] = [Tally.of(counts), Tally.of(before)];
    return {
      figures: figuresOf({
        definitions: summaryReport.figures,
        tally,
        before: scope.before ? tallyBefore : undefined,
        currencies: moneyCurrencies([tally, tallyBefore]),
        computed: computedSummaryFigures,
      }),
      series: [],
    };
  },
};

interface StagesInput {
  scope: GatherScope;
  window: ReportWindow;
  tally: Tally;
}

function stagesOf({ scope, window, tally }: StagesInput): ReadStage[] {
  const [from, to] = [new Date(window.startAt), new Date(window.endAt)];
  return [
    (page) => readEvents({ scope, types, from, to, ...page, take: (event) => addEvent(tally, event) }),
    async (page) => {
      const { postings, after, read } = await readPostings({ scope, from, to, ...page });
      for (const posting of postings) addPosting(tally, posting);
      return { after, read };
    },
  ];
}

function bucketStagesOf({ scope, window, tally }: StagesInput): ReadStage[] {
  const about = { scope, stretch: { from: new Date(window.startAt), to: new Date(window.endAt) }, cuts: [scope.asOf] };
  return [
    eventBuckets({
      ...about,
      types,
      takeCount: (counted) => addEvent(tally, eventOfCount(counted), counted.count),
      takeEvent: (event) => addEvent(tally, event),
    }),
    postingBuckets({
      ...about,
      kinds: paymentEffectKinds,
      takeCount: ({ currency, count, ...counted }) => {
        const effect = effectOfCount(counted);
        if (effect && currency !== null) addEffects(tally, { effect, currency, count });
      },
      takePosting: (posting) => addPosting(tally, posting),
    }),
  ];
}

/** Reads the report `summary`. */
export const summaryGatherer: Gatherer = {
  countRows: () => Promise.resolve(0),
  sections: { figures },
  rowsOfFigures: summaryRows,
};
