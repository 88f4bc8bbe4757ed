import * as fc from 'fast-check';
import type { SubscriptionStanding, SubscriptionState } from './subscription';
import {
  endedSubscriptionStates,
  hasEnded,
  meaningOfResume,
  refuseSubscriptionCommand,
  subscriptionCommands,
  subscriptionStates,
  subscriptionTransitions,
} from './subscription';
import { canTransition, statesOf, transitionsToMermaid } from '../transitions';

const standing = (given: Partial<SubscriptionStanding>): SubscriptionStanding => ({
  state: 'active',
  invoiceOpen: false,
  waiting: null,
  changePending: false,
  ...given,
});

test('the table covers the states of the contract; expired and cancelled are final', () => {
  expect(statesOf(subscriptionTransitions)).toEqual([...subscriptionStates]);
  expect(endedSubscriptionStates).toEqual(['incomplete_expired', 'cancelled']);
  expect(transitionsToMermaid({ table: subscriptionTransitions, initial: 'accepted' })).toContain(
    'past_due --> unpaid: the last retry failed',
  );
});

describe('commands', () => {
  test.each([
    ['changePlanNow', {}, null],
    ['changePlanNow', { invoiceOpen: true }, 'INVOICE_OPEN'],
    ['changePlanNow', { state: 'past_due' }, 'INVOICE_OPEN'],
    ['changePlanNow', { waiting: 'cancel' }, 'CHANGE_WAITING'],
    ['changePlanNow', { state: 'incomplete', invoiceOpen: true }, 'INVOICE_OPEN'],
    ['changePlanAtPeriodEnd', { state: 'incomplete', invoiceOpen: true }, 'INVOICE_OPEN'],
    ['pauseSubscription', { state: 'incomplete', invoiceOpen: true }, 'INVOICE_OPEN'],
    ['cancelSubscriptionAtPeriodEnd', { state: 'incomplete', invoiceOpen: true }, 'INVOICE_OPEN'],
    ['resumeSubscription', { state: 'incomplete', invoiceOpen: true }, 'SUBSCRIPTION_NOT_PAUSED'],
    ['changePlanAtPeriodEnd', { invoiceOpen: true }, null],
    ['changePlanAtPeriodEnd', { state: 'trialing' }, null],
    ['changePlanAtPeriodEnd', { state: 'accepted' }, 'SUBSCRIPTION_NOT_STARTED'],
    ['pauseSubscription', {}, null],
    ['pauseSubscription', { state: 'paused' }, 'SUBSCRIPTION_PAUSED'],
    ['pauseSubscription', { invoiceOpen: true }, 'INVOICE_OPEN'],
    ['pauseSubscription', { waiting: 'cancel' }, 'CHANGE_WAITING'],
    ['pauseSubscription', { waiting: 'change_plan' }, 'CHANGE_WAITING'],
    ['resumeSubscription', { state: 'paused' }, null],
    ['resumeSubscription', { state: 'unpaid' }, 'SUBSCRIPTION_NOT_PAUSED'],
    ['cancelSubscriptionNow', { state: 'accepted' }, null],
    ['cancelSubscriptionNow', { state: 'unpaid', invoiceOpen: true }, null],
    ['cancelSubscriptionAtPeriodEnd', { waiting: 'change_plan' }, 'CHANGE_WAITING'],
    ['cancelSubscriptionNow', { waiting: 'change_plan' }, null],
    ['cancelSubscriptionAtPeriodEnd', { waiting: 'cancel' }, 'CHANGE_WAITING'],
    ['undoSubscriptionChange', { waiting: 'cancel' }, null],
    ['undoSubscriptionChange', {}, 'NOTHING_TO_UNDO'],
    ['undoSubscriptionChange', { changePending: true }, null],
    ['changePlanNow', { changePending: true }, null],
    ['pauseSubscription', { changePending: true }, null],
    ['cancelSubscriptionAtPeriodEnd', { changePending: true }, null],
    ['changePlanNow', { state: 'unpaid' }, 'INVOICE_OPEN'],
    ['updatePaymentMethod', { state: 'unpaid', invoiceOpen: true }, null],
  ] as const)('%s while %j: %s', (command, given, code) => {
    expect(refuseSubscriptionCommand({ command, standing: standing(given) })?.code ?? null).toBe(code);
  });

  // Only a cancel and a change of plan accept "now".
  test.each(['pauseSubscription', 'cancelSubscriptionAtPeriodEnd', 'changePlanAtPeriodEnd'] as const)(
    '%s before the start is refused with the commands that are possible then',
    (command) => {
      expect(refuseSubscriptionCommand({ command, standing: standing({ state: 'accepted' }) })?.detail).toBe(
        'The subscription has not started: wait for its start, or cancel it or change its plan with when "now".',
      );
    },
  );

  test('cancel now and a new payment method are accepted until the subscription has ended', () => {
    for (const state of subscriptionStates) {
      for (const command of subscriptionCommands) {
        const code = refuseSubscriptionCommand({
          command,
          standing: standing({ state, waiting: 'cancel', invoiceOpen: true }),
        })?.code;
        if (hasEnded(state)) expect(code).toBe('SUBSCRIPTION_CANCELLED');
        else if (command === 'cancelSubscriptionNow' || command === 'updatePaymentMethod') expect(code).toBeUndefined();
      }
    }
  });

  test('resuming first uses up the time given or paid for', () => {
    const resume = { trialEndAt: '2026-01-15T00:00:00Z', paidUntil: '2026-02-15T00:00:00.000Z' };
    expect(meaningOfResume({ ...resume, resumedAt: '2026-01-14T23:59:59Z' })).toBe('trial_goes_on');
    expect(meaningOfResume({ ...resume, resumedAt: '2026-01-15T00:00:00.000Z' })).toBe('period_goes_on');
    expect(meaningOfResume({ ...resume, resumedAt: '2026-02-15T00:00:00Z' })).toBe('charge_now');
  });
});

test('5,000 random lives make no transition outside the table, and nothing moves after the end', () => {
  const happening = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        command: fc.oneof(
          {
            weight: 3,
            arbitrary: fc.constantFrom(
              'resumeSubscription',
              'pauseSubscription',
              'undoSubscriptionChange',
              'updatePaymentMethod',
            ),
          },
          fc.constantFrom(...subscriptionCommands),
        ),
        inTrial: fc.boolean(),
        paid: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ event: fc.constantFrom('period_end', 'paid', 'failed', 'ladder_over', 'suspended') }),
    },
    { weight: 1, arbitrary: fc.record({ event: fc.constantFrom('gave_up', 'expired') }) },
  );
  const visited = new Set<string>();
  const life = fc.property(
    fc.array(happening, { minLength: 20, maxLength: 60 }),
    fc.constantFrom('trial', 'now', 'later'),
    (happenings, start) => {
      let now: SubscriptionStanding = standing({ state: 'accepted' });
      const to = (state: SubscriptionState, change: Partial<SubscriptionStanding> = {}) => {
        if (state !== now.state) {
          const arrow = `${now.state} → ${state}`;
          expect([arrow, canTransition(subscriptionTransitions, now.state, state)]).toEqual([arrow, true]);
          visited.add(arrow);
        }
        now = { ...now, ...change, state };
      };
      for (const taken of happenings) {
        if ('event' in taken) {
          const { state, invoiceOpen, waiting } = now;
          const runs = state === 'trialing' || state === 'active';
          if (taken.event === 'period_end' && state === 'accepted' && start === 'trial' && !invoiceOpen) to('trialing');
          else if (taken.event === 'period_end' && (runs || state === 'accepted') && !invoiceOpen) {
            if (waiting === 'cancel') to('cancelled', { invoiceOpen: false });
            else to(state, { invoiceOpen: true, waiting: null });
          } else if (taken.event === 'paid' && invoiceOpen) to('active', { invoiceOpen: false });
          else if (taken.event === 'failed' && invoiceOpen && state === 'paused') to('paused', { invoiceOpen: false });
          else if (taken.event === 'suspended' && (runs || state === 'accepted') && !invoiceOpen && !waiting)
            to('paused');
          else if (taken.event === 'failed' && invoiceOpen && start === 'now' && state === 'accepted') to('incomplete');
          else if (taken.event === 'failed' && invoiceOpen && state !== 'unpaid' && state !== 'incomplete')
            to('past_due');
          else if (taken.event === 'expired' && state === 'incomplete')
            to('incomplete_expired', { invoiceOpen: false });
          else if (taken.event === 'ladder_over' && state === 'past_due') to('unpaid');
          else if (taken.event === 'gave_up' && state === 'unpaid') to('cancelled', { invoiceOpen: false });
          continue;
        }
        if (refuseSubscriptionCommand({ command: taken.command, standing: now })) continue;
        expect(hasEnded(now.state)).toBe(false);
        if (taken.command === 'cancelSubscriptionNow') to('cancelled', { invoiceOpen: false });
        if (taken.command === 'pauseSubscription') to('paused');
        if (taken.command === 'resumeSubscription')
          to(taken.inTrial ? 'trialing' : taken.paid ? 'active' : 'paused', {
            invoiceOpen: !taken.inTrial && !taken.paid,
          });
        if (taken.command === 'undoSubscriptionChange') now = { ...now, waiting: null };
        if (taken.command === 'cancelSubscriptionAtPeriodEnd') now = { ...now, waiting: 'cancel' };
        if (taken.command === 'changePlanAtPeriodEnd') now = { ...now, waiting: 'change_plan' };
      }
    },
  );
  // The rarest transition occurs once in 230 lives: 5,000 miss it once in 10⁹ runs of this test.
  fc.assert(life, { numRuns: 5_000 });
  const arrows = Object.entries(subscriptionTransitions).flatMap(([from, targets]) =>
    Object.keys(targets).map((to) => `${from} → ${to}`),
  );
  expect(arrows.filter((arrow) => !visited.has(arrow))).toEqual([]);
});
