import { addToCustomer, customerFigures, noCustomers } from '../mrr/customer-totals';
import { addMilestones, milestoneFigures, noMilestones, outcomeOf } from '../mrr/milestone-totals';
import { countedPart, type MovementFact } from '../mrr/movement-fact';
import { addMovements, addStart, mrrContent, noMrr } from '../mrr/mrr-totals';
import type { Figure } from '../report-content';
import type { ReportFilters } from '../report-type';
import type { ReportWindow } from '../calendar/window';
import { kindOfMovement } from '../../subscriptions/mrr/movement';
import type { SubscriptionState } from '../../subscriptions/subscription';
import { milestonesOf as milestonesOfStep, type MilestoneKind } from '../../subscriptions/mrr/milestone';
import { subscriptionsReport } from './subscriptions';

const window: ReportWindow = {
  period: '2026-03',
  from: '2026-03-01',
  to: '2026-03-31',
  timeZone: 'UTC',
  startAt: '2026-03-01T00:00:00.000Z',
  endAt: '2026-04-01T00:00:00.000Z',
  hours: 744,
  bridge: false,
};

/** A change of a customer's subscription; `before` the window where it says so, otherwise in it. */
interface Given {
  who: string;
  values: [beforeMinor: number, afterMinor: number];
  before?: true;
  to?: 'paused' | 'unpaid';
  from?: 'paused';
  plan?: string;
}
const pays = (who: string, minor = 1000): Given => ({ who, values: [0, minor], before: true });
const comes = (who: string, minor = 1000): Given => ({ who, values: [0, minor] });
const goes = (who: string, minor = 1000): Given => ({ who, values: [minor, 0] });

/** Returns the figures after changes, in their order, as the steps of subscriptions would have recorded them. */
function figuresOf(given: readonly Given[], filters: ReportFilters = {}): Figure[] {
  const balances = new Map<string, { valueMinor: number; movements: number }>();
  const start = new Map<string, number>();
  let mrr = noMrr;
  let customers = noCustomers;
  const facts = given.map(({ who, values: [beforeMinor, afterMinor], before, to, from, plan }): MovementFact => {
    const balance = balances.get(who) ?? { valueMinor: 0, movements: 0 };
    const states = { from: from ?? 'active', to: to ?? 'active', wasPaid: true } as const;
    const kind = kindOfMovement({ ...states, beforeMinor, afterMinor }, balance);
    const valueMinor = balance.valueMinor + afterMinor - beforeMinor;
    balances.set(who, { valueMinor, movements: balance.movements + 1 });
    const at = new Date(before ? '2026-02-01T00:00:00Z' : '2026-03-10T00:00:00Z');
    const plans = { planIdBefore: 'pln_1', planId: plan ?? 'pln_1' };
    const about = { subscriptionId: who, customer: who, currency: 'EUR', kind, beforeMinor, afterMinor, ...plans };
    return { ...about, reason: to === 'unpaid' ? 'payment' : null, at, recordedAt: at };
  });
  for (const fact of facts.toSorted((one, other) => (one.customer < other.customer ? -1 : 1))) {
    const part = countedPart(fact, filters);
    if (!part) continue;
    const isBefore = fact.at < new Date(window.startAt);
    customers = addToCustomer(customers, fact, part, isBefore);
    if (isBefore) start.set('EUR', (start.get('EUR') ?? 0) + part.deltaMinor);
    else mrr = addMovements(mrr, [{ fact, part }], window);
  }
  return [...mrrContent(addStart(mrr, start), window, filters).figures, ...customerFigures(customers, filters)];
}

/** Returns the figures after milestones of the window; each invoice's are given together. */
const milestonesOf = (...given: MilestoneKind[][]): Figure[] =>
  milestoneFigures(
    addMilestones(
      noMilestones,
      given.flatMap((kinds) => (kinds[0] ? [{ kind: kinds[0], outcome: outcomeOf(kinds) }] : [])),
    ),
  );

type Charged = 'charged' | 'dunned' | null;

/** Returns the milestones of a failed charge, by the states and the charge before and after it. */
function failure(...steps: [state: SubscriptionState, charge: Charged][]): MilestoneKind[] {
  const [before, after] = steps.map(([state, charge]) => {
    const failedAt = charge === 'dunned' ? new Date(window.startAt) : null;
    const paidUntil = state === 'incomplete' || state === 'accepted' ? null : new Date(window.startAt);
    return { state, trialEndAt: null, paidUntil, charge: charge && { invoiceId: 'inv_1', failedAt } };
  });
  return milestonesOfStep(before!, after!).map(({ kind }) => kind);
}
const renewal = failure(['active', 'charged'], ['past_due', 'dunned']);
/** Failed charges that are not dunned. */
const undunned = [
  failure(['accepted', null], ['incomplete', 'charged']),
  failure(['paused', 'charged'], ['paused', null]),
  // A change of plan is charged beside the renewals.
  failure(['active', null], ['active', null]),
  failure(['active', 'charged'], ['active', 'charged']),
];

const people = ['Ada', 'Bob'].map((who) => pays(who));
const bobGoes = [...people, goes('Bob')];
const converted: MilestoneKind[] = ['trial_converted'];
const lost: MilestoneKind[] = ['trial_lost'];

const examples: Record<string, Figure[]> = {
  mrr_start: figuresOf([pays('Ada')]),
  mrr_new: figuresOf([comes('Ada')]),
  mrr_reactivation: figuresOf([pays('Ada'), { ...goes('Ada'), before: true }, comes('Ada')]),
  mrr_resumed: figuresOf([
    pays('Ada'),
    { ...goes('Ada'), before: true, to: 'paused' },
    { ...comes('Ada'), from: 'paused' },
  ]),
  mrr_expansion: figuresOf([pays('Ada'), { who: 'Ada', values: [1000, 3000] }]),
  mrr_contraction: figuresOf([pays('Ada'), pays('Ada'), goes('Ada')]),
  mrr_paused: figuresOf([pays('Ada'), { ...goes('Ada'), to: 'paused' }]),
  mrr_churn: figuresOf([pays('Ada'), { ...goes('Ada'), to: 'unpaid' }]),
  mrr_transfer: figuresOf([pays('Ada'), { who: 'Ada', values: [1000, 3000], plan: 'pln_2' }], { planId: 'pln_1' }),
  mrr_end: figuresOf([pays('Ada'), { who: 'Ada', values: [1000, 3000] }, { who: 'Ada', values: [3000, 2500] }]),
  customers_start: figuresOf(people),
  customers_won: figuresOf([pays('Ada'), comes('Cy'), comes('Di'), goes('Di')]),
  customers_lost: figuresOf(bobGoes),
  customers_end: figuresOf([...bobGoes, comes('Cy')]),
  customers_within: figuresOf([comes('Di'), goes('Di')]),
  customer_churn_rate: figuresOf(bobGoes),
  customer_retention_rate: figuresOf([...people, pays('Cy'), pays('Di'), goes('Di')]),
  mrr_retention_rate: figuresOf([...people, { who: 'Ada', values: [1000, 3000] }, { who: 'Bob', values: [1000, 500] }]),
  trials_ended: milestonesOf(converted, lost),
  trials_converted: milestonesOf(converted, lost),
  trials_lost: milestonesOf(lost),
  trial_conversion_rate: milestonesOf(converted, converted, converted, lost),
  dunning_begun: milestonesOf(renewal, renewal, ...undunned),
  dunning_recovered: milestonesOf(['dunning_begun', 'dunning_recovered']),
  dunning_given_up: milestonesOf(['dunning_begun', 'dunning_given_up']),
  dunning_open: milestonesOf(['dunning_begun']),
};

const textOf = ({ value, currency }: Figure, unit: string): string =>
  unit === 'money' ? `${((value ?? 0) / 100).toFixed(2)} ${currency}` : String(value);

describe('the report of subscriptions', () => {
  it.each(subscriptionsReport.figures.map((figure) => [figure.id, figure] as const))(
    'the example of %s is what it computes',
    (id, { unit, example }) => {
      const figure = examples[id]?.find((one) => one.id === id && one.by === null);
      expect(figure && textOf(figure, unit)).toBe(example.value);
    },
  );

  it('churn by payment is told apart, and rates over nobody are null', () => {
    const churn = examples.mrr_churn?.filter(({ id }) => id === 'mrr_churn');
    expect(churn?.map(({ by, value }) => [by, value])).toEqual([
      [null, -1000],
      ['payment', -1000],
    ]);
    const nobody = figuresOf([comes('Ada'), goes('Ada')]);
    const rates = nobody.filter(({ id }) => id.endsWith('_rate'));
    expect(rates.map(({ id, value }) => [id, value])).toEqual([
      ['customer_churn_rate', null],
      ['customer_retention_rate', null],
      ['mrr_retention_rate', null],
    ]);
    expect(milestonesOf().find(({ id }) => id === 'trial_conversion_rate')?.value).toBeNull();
  });

  it('churn and retention add up to 1 as they are shown, however many customers there were', () => {
    const odd: string[] = [];
    for (let atStart = 1; atStart <= 128; atStart += 1)
      for (let lost = 0; lost <= atStart; lost += 1) {
        const counts = [
          { id: 'customers_start', currency: null, by: null, value: atStart },
          { id: 'customers_lost', currency: null, by: null, value: lost },
        ];
        const figures = customerFigures({ counts, open: null }, {});
        const [churn, kept] = ['churn', 'retention'].map(
          (name) => figures.find(({ id }) => id === `customer_${name}_rate`)?.value ?? NaN,
        );
        if (churn! + kept! !== 1 || String(kept).length > 6) odd.push(`${lost} of ${atStart}: ${churn} and ${kept}`);
      }
    expect(odd).toEqual([]);
  });

  it('an invoice is what its last milestone says: paid after all, it is recovered', () => {
    expect(outcomeOf(['dunning_begun', 'dunning_given_up', 'dunning_recovered'])).toBe('recovered');
    expect(outcomeOf(['dunning_begun', 'dunning_given_up'])).toBe('given_up');
    expect(outcomeOf(['dunning_begun'])).toBe('open');
  });

  it('no two figures share an id or a title', () => {
    for (const name of ['id', 'title'] as const) {
      const names = subscriptionsReport.figures.map((figure) => figure[name]);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
