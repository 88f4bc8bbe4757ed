import type { MilestoneKind } from '../../subscriptions/mrr/milestone';
import { Tally, type Count } from '../facts/tally';
import type { Figure } from '../report-content';
import { shareOf } from '../figures/figures-of';

/** What became of an invoice whose dunning began in the window, by its end. */
export type DunningOutcome = 'recovered' | 'given_up' | 'open';

/** Counts the trials that ended and the invoices whose dunning began in a window; plain data. */
export interface MilestoneTotals {
  counts: readonly Count[];
}

export const noMilestones: MilestoneTotals = { counts: [] };

/** Returns what became of an invoice by the milestones of its dunning up to the end of the window, in their order. */
export function outcomeOf(kinds: readonly MilestoneKind[]): DunningOutcome {
  const last = kinds.findLast((kind) => kind === 'dunning_recovered' || kind === 'dunning_given_up');
  if (last === undefined) return 'open';
  return last === 'dunning_recovered' ? 'recovered' : 'given_up';
}

/** Adds milestones of the window; those of dunning with what became of their invoices. */
export function addMilestones(
  { counts }: MilestoneTotals,
  milestones: readonly { kind: MilestoneKind; outcome: DunningOutcome | null }[],
): MilestoneTotals {
  const tally = Tally.of(counts);
  for (const { kind, outcome } of milestones) {
    if (kind === 'trial_converted' || kind === 'trial_lost') {
      tally.add({ id: 'trials_ended' });
      tally.add({ id: kind === 'trial_converted' ? 'trials_converted' : 'trials_lost' });
    } else if (kind === 'dunning_begun') {
      tally.add({ id: 'dunning_begun' });
      tally.add({ id: `dunning_${outcome ?? 'open'}` });
    }
  }
  return { counts: tally.counts() };
}

/** Returns the figures of trials and of dunning. */
export function milestoneFigures({ counts }: MilestoneTotals): Figure[] {
  const tally = Tally.of(counts);
  const plain = (id: string, value: number | null): Figure => ({ id, currency: null, by: null, value });
  const count = (id: string): Figure => plain(id, tally.valueOf({ id }));
  const [converted, ended] = [tally.valueOf({ id: 'trials_converted' }), tally.valueOf({ id: 'trials_ended' })];
  return [
    ...['trials_ended', 'trials_converted', 'trials_lost'].map(count),
    plain('trial_conversion_rate', shareOf(converted, ended)),
    ...['dunning_begun', 'dunning_recovered', 'dunning_given_up', 'dunning_open'].map(count),
  ];
}
