import type { SubscriptionState } from '../subscription';
import { milestonesOf, type MilestoneStanding } from './milestone';

const day = new Date('2026-12-01T00:00:00Z');
const dunned = { invoiceId: 'inv_1', failedAt: day };
const charged = { invoiceId: 'inv_1', failedAt: null };

type Standing = [SubscriptionState, Partial<MilestoneStanding>?];
const standing = ([state, facts]: Standing): MilestoneStanding => ({
  state,
  trialEndAt: null,
  paidUntil: day,
  charge: null,
  ...facts,
});
const trial = { trialEndAt: day, paidUntil: null };

describe('milestones', () => {
  it.each<[string, Standing, Standing, string[]]>([
    ['a trial is paid', ['trialing', trial], ['active', { trialEndAt: day }], ['trial_converted']],
    ['a trial, paused past its end, is paid', ['paused', trial], ['active', { trialEndAt: day }], ['trial_converted']],
    ['a trial is cancelled', ['trialing', trial], ['cancelled', trial], ['trial_lost']],
    ['a trial is paused', ['trialing', trial], ['paused', trial], []],
    ['a trial goes on', ['paused', trial], ['trialing', trial], []],
    [
      'the first charge after a trial fails',
      ['trialing', { ...trial, charge: charged }],
      ['past_due', { ...trial, charge: dunned }],
      ['trial_lost', 'dunning_begun'],
    ],
    ['… and is paid after all', ['past_due', { ...trial, charge: dunned }], ['active'], ['dunning_recovered']],
    ['a paid subscription with a trial behind it is paused', ['active', { trialEndAt: day }], ['paused'], []],
    ['a renewal is paid', ['active', { charge: charged }], ['active'], []],
    ['a renewal fails', ['active', { charge: charged }], ['past_due', { charge: dunned }], ['dunning_begun']],
    ['a retry fails', ['past_due', { charge: dunned }], ['past_due', { charge: dunned }], []],
    ['a retry is paid', ['past_due', { charge: dunned }], ['active'], ['dunning_recovered']],
    ['the last retry fails', ['past_due', { charge: dunned }], ['unpaid', { charge: dunned }], ['dunning_given_up']],
    [
      'there are no retries',
      ['active', { charge: charged }],
      ['unpaid', { charge: dunned }],
      ['dunning_begun', 'dunning_given_up'],
    ],
    ['an unpaid one is paid after all', ['unpaid', { charge: dunned }], ['active'], ['dunning_recovered']],
    ['an unpaid one is cancelled', ['unpaid', { charge: dunned }], ['cancelled'], []],
    ['a past due one is cancelled', ['past_due', { charge: dunned }], ['cancelled'], ['dunning_given_up']],
    ['a cancelled one is paid late', ['cancelled', { charge: { ...dunned } }], ['cancelled'], []],
  ])('%s', (_what, before, after, expected) => {
    expect(milestonesOf(standing(before), standing(after)).map(({ kind }) => kind)).toEqual(expected);
  });

  it('of dunning name their invoice', () => {
    const [begun] = milestonesOf(standing(['active']), standing(['past_due', { charge: dunned }]));
    const [recovered] = milestonesOf(standing(['past_due', { charge: dunned }]), standing(['active']));
    expect([begun?.invoiceId, recovered?.invoiceId]).toEqual(['inv_1', 'inv_1']);
  });
});
