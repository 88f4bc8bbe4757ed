import * as fc from 'fast-check';
import { DomainError } from '../domain-error';
import { gatewayStatuses, paymentAfter, paymentAfterSilence } from './gateway-outcome';
import { moneyOf } from '../money';
import type { PaymentPosition, PaymentState } from './payment';
import {
  canMovePayment,
  endedPaymentStates,
  gatewayCalls,
  isPaymentAtRest,
  paymentSourcesOf,
  paymentStates,
  paymentsToMermaid,
  paymentTransitions,
  positionOf,
  settledPaymentStates,
  standingOf,
} from './payment';
import { meaningOfCancel, paymentCommands, refusePaymentCommand } from './payment-commands';
import { paymentStateOfFunds, refundable, reserveRefund, settleRefund } from './refund';
import { statesOf, targetsOf } from '../transitions';

const positions = statesOf(paymentTransitions);
const reachableFrom = (start: PaymentPosition): Set<PaymentPosition> => {
  const seen = new Set<PaymentPosition>([start]);
  for (const position of seen) for (const next of targetsOf(paymentTransitions, position)) seen.add(next);
  return seen;
};

describe('the table of payment transitions', () => {
  test('covers exactly the states of the contract, unknown once per call', () => {
    expect(new Set(positions.map((position) => standingOf(position).state))).toEqual(new Set(paymentStates));
    expect(positions.filter((position) => standingOf(position).state === 'unknown')).toHaveLength(gatewayCalls.length);
    for (const position of positions) expect(positionOf(standingOf(position))).toBe(position);
  });

  test('every state can be reached, and every state can still come to rest', () => {
    expect(reachableFrom('accepted').size).toBe(positions.length);
    for (const position of positions) {
      expect([...reachableFrom(position)].some((next) => settledPaymentStates.includes(next as PaymentState))).toBe(
        true,
      );
    }
  });

  test('captured money can only be refunded: no way leads to failed, declined or cancelled', () => {
    expect(reachableFrom('captured')).toEqual(new Set(['captured', 'partially_refunded', 'refunded']));
  });

  test('money is held or captured only in its own step, or by settling an unknown call', () => {
    expect(paymentSourcesOf('capturing')).toEqual([
      { state: 'authorised', unknownCall: null },
      { state: 'unknown', unknownCall: 'capture' },
    ]);
    expect(paymentSourcesOf('authorising')).toEqual([
      { state: 'validating', unknownCall: null },
      { state: 'review', unknownCall: null },
      { state: 'unknown', unknownCall: 'authorise' },
    ]);
  });

  test('ended states are those without a transition', () => {
    expect(endedPaymentStates).toEqual(['refunded', 'declined', 'failed', 'cancelled']);
  });

  test('unknown without its call is an error, not guessed', () => {
    expect(() => positionOf({ state: 'unknown', unknownCall: null })).toThrow(DomainError);
  });

  test('a manual authorisation rests, an automatic one does not', () => {
    expect(isPaymentAtRest({ state: 'authorised', capture: 'manual' })).toBe(true);
    expect(isPaymentAtRest({ state: 'authorised', capture: 'automatic' })).toBe(false);
    expect(isPaymentAtRest({ state: 'unknown', capture: 'manual' })).toBe(false);
  });

  test('is drawn as Mermaid, each transition once', () => {
    const picture = paymentsToMermaid();
    const arrows = picture.split('\n').filter((line) => /^ {2}\w+ --> \w+: [^:;]+$/.test(line));
    expect(arrows).toHaveLength(positions.flatMap((position) => targetsOf(paymentTransitions, position)).length);
    expect(picture).toContain('  state "unknown (capture)" as unknown_capture\n');
    expect(picture).toContain('  unknown_capture --> captured: look-up or webhook, captured\n');
    expect(picture).toMatch(/^stateDiagram-v2\n/);
  });
});

describe('1,000 random lives of a payment', () => {
  // Steps that end a life early are rarer than those that continue it, or few lives would reach a capture.
  const status = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('authorised', 'captured', 'not_found') },
    fc.constantFrom(...gatewayStatuses),
  );
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('capturePayment', 'refundPayment', 'reviewPayment') },
    fc.constantFrom(...paymentCommands),
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ report: status }) },
    { weight: 2, arbitrary: fc.record({ silent: fc.constantFrom(...gatewayCalls) }) },
    { weight: 4, arbitrary: fc.record({ command, refundMinor: fc.integer({ min: 1, max: 60 }), yes: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ work: fc.nat() }) },
  );

  test('make no transition outside the table, and nothing moves once ended', () => {
    const visited = new Set<string>();
    const life = fc.property(
      fc.array(step, { minLength: 30, maxLength: 60 }),
      fc.constantFrom('automatic', 'manual'),
      (steps, capture) => {
        let position: PaymentPosition = 'accepted';
        let funds = { currency: 'EUR', capturedMinor: 100, refundedMinor: 0, pendingRefundMinor: 0 };

        const give = (refundMinor: number): PaymentPosition => {
          const amount = moneyOf(Math.min(refundMinor, refundable(funds).amountMinor), 'EUR');
          funds = settleRefund({
            funds: reserveRefund({ funds, requested: amount }).funds,
            amount,
            outcome: 'succeeded',
          });
          return positionOf({ state: paymentStateOfFunds(funds), unknownCall: null });
        };
        const next = (taken: (typeof steps)[number]): PaymentPosition | null => {
          const { state } = standingOf(position);
          if ('report' in taken) return paymentAfter({ position, status: taken.report });
          if ('silent' in taken) return paymentAfterSilence({ position, call: taken.silent });
          if ('work' in taken) {
            if (position === 'accepted') return 'validating';
            if (position === 'validating')
              return (['review', 'authorising', 'declined'] as const)[taken.work % 3] ?? null;
            return position === 'authorised' && capture === 'automatic' ? 'capturing' : null;
          }
          if (refusePaymentCommand({ command: taken.command, state, capture })) return null;
          if (taken.command === 'capturePayment') return 'capturing';
          if (taken.command === 'reviewPayment') return taken.yes ? 'authorising' : 'declined';
          if (taken.command === 'refundPayment') return give(taken.refundMinor);
          if (meaningOfCancel(state) === 'refund') return give(100);
          return taken.yes ? 'cancelled' : paymentAfterSilence({ position, call: 'void' });
        };

        for (const taken of steps) {
          const before: PaymentPosition = position;
          const after = next(taken);
          if (after === null) continue;
          expect({ before, after, allowed: canMovePayment({ from: before, to: after }) }).toEqual({
            before,
            after,
            allowed: true,
          });
          expect(endedPaymentStates).not.toContain(before);
          position = after;
          visited.add(after);
        }
      },
    );
    fc.assert(life, { numRuns: 1_000 });
    // The walk is worth something only if it reaches every state; it starts in `accepted`.
    expect(positions.filter((position) => !visited.has(position) && position !== 'accepted')).toEqual([]);
  });
});
