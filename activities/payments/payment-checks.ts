import type { ActivityDependencies } from '../dependencies';
import type { PaymentProgress } from '../../src/contracts/payments/payment';
import type {
  CardAnswer,
  CheckAnswer,
  FraudAnswer,
  PaymentStepInput,
  ValidatePaymentInput,
} from '../../src/contracts/payments/payment-activities';
import { cardProblems, type PaymentMethodFacts } from '../../src/domain/payments/card';
import {
  assessFraud,
  defaultFraudRules,
  type FraudDecision,
  type FraudFacts,
  type FraudRules,
} from '../../src/domain/payments/fraud';
import { requireAmount } from '../../src/domain/money';
import { tenantOf } from '../../src/domain/tenant';
import type { Payment } from '../../src/models/payments/payment';
import { applyStep, type StepEvent } from '../../src/services/apply-step';
import { findEntity } from '../../src/services/find-entity';
import { claimPayment } from '../../src/services/payments/claim-payment';
import { applyPaymentMove } from '../../src/services/payments/move-payment';
import { isGatewayError } from './gateway-reports';
import { methodOwnerOf } from './payment-customer';
import { paymentKey, paymentStep } from './payment-step';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The result of a check: what the payment keeps of it, and its line on the timeline. */
interface Check {
  set: Partial<Payment>;
  event: StepEvent;
}

/** The checks of a payment before any call that moves money. */
export const createPaymentCheckActivities = ({
  database,
  gatewayFor,
  fraudRules = defaultFraudRules,
}: ActivityDependencies) => {
  const { models } = database;
  const find = (input: PaymentStepInput) => findEntity({ database, ...paymentKey(input) });

  /**
   * Counts the payments that customers start themselves; a parent's charges are left out, because many of them are due
   * at the same time.
   */
  const velocityOf = async (
    { _id, tenantId, customerId, parent }: Payment,
    at: string,
  ): Promise<FraudFacts['velocity']> => {
    if (customerId === null || parent !== null) return null;
    const nowMs = Date.parse(at);
    const within = (ms: number) => ({
      tenantId,
      customerId,
      parent: null,
      _id: { $ne: _id },
      createdAt: { $gt: new Date(nowMs - ms), $lte: new Date(nowMs) },
    });
    const [paymentsLastHour, paymentsLastDay, declinesLastHour] = await Promise.all([
      models.payments.countDocuments(within(HOUR_MS)),
      models.payments.countDocuments(within(DAY_MS)),
      models.payments.countDocuments({ ...within(HOUR_MS), state: 'declined' }),
    ]);
    return { paymentsLastHour, paymentsLastDay, declinesLastHour };
  };

  /** Returns the default rules together with the partner's deny list. */
  const rulesOf = async ({ tenantId }: Payment): Promise<FraudRules> => {
    const partner = await models.partners.findById(tenantOf(tenantId).partnerId, { denyList: 1 }).lean();
    return { ...fraudRules, denyList: [...fraudRules.denyList, ...(partner?.denyList ?? [])] };
  };

  /** Judges amount, velocity and deny list. */
  const judgeFraud = async (payment: Payment, at: string): Promise<Check> => {
    const { customerId, paymentMethod, amount } = payment;
    const subjects: FraudFacts['subjects'] = [
      { kind: 'payment_method', value: paymentMethod },
      ...(customerId === null ? [] : [{ kind: 'customer' as const, value: customerId }]),
    ];
    const [velocity, rules] = await Promise.all([velocityOf(payment, at), rulesOf(payment)]);
    const { decision, reasons } = assessFraud({ facts: { amount, velocity, subjects }, rules });
    return {
      set: { fraud: { decision, reasons: reasons.map(({ rule, detail }) => ({ rule, detail })) } },
      event: { type: 'payment.fraud_checked', data: { decision, rules: reasons.map(({ rule }) => rule) } },
    };
  };

  /**
   * Judges the payment method by the gateway's facts about it, and for which customer of the gateway it is charged.
   */
  const judgeCard = async (payment: Payment, at: string): Promise<Check> => {
    const { tenantId, paymentMethod, customerId, amount } = payment;
    const gateway = gatewayFor(tenantId);
    const found = await gateway
      .getPaymentMethod({ tenantId, at, paymentMethod, ...(customerId === null ? {} : { customerId }) })
      .catch((error: unknown) => {
        if (isGatewayError(error, 'GatewayRequestRefused')) return { status: 'not_found' } as const;
        throw error;
      });
    const savedFor = found.status === 'found' ? found.savedFor : null;
    const { isForeign, ...owner } = await methodOwnerOf({ database, gateway, payment, savedFor, at });
    const facts: PaymentMethodFacts | null =
      found.status === 'not_found'
        ? null
        : {
            brand: found.brand,
            last4: found.last4,
            expiryMonth: found.expMonth,
            expiryYear: found.expYear,
            usable: !isForeign,
            currencies: null,
          };
    const [problem] = cardProblems({ facts, amount, at });
    const card = facts && {
      brand: facts.brand,
      last4: facts.last4,
      expiryMonth: facts.expiryMonth,
      expiryYear: facts.expiryYear,
    };
    return {
      set: { card, ...owner },
      event: { type: 'payment.card_checked', data: { problem: problem?.code ?? null } },
    };
  };

  return {
    /**
     * Makes this run the owner of the payment and returns the state to continue from. Throws `ENTITY_NOT_OURS` for a
     * payment that another chain owns.
     */
    async validatePayment(input: ValidatePaymentInput): Promise<PaymentProgress> {
      const payment = await claimPayment({ database, ...input });
      requireAmount({ amount: payment.amount });
      const { unknownCall, capture, purpose, until, undoing, runs, reason } = payment;
      const isNew = payment.state === 'accepted';
      if (isNew) await applyPaymentMove({ database, payment, ...input, to: 'validating' });
      return {
        state: isNew ? 'validating' : payment.state,
        since: isNew ? input.at : payment.since.toISOString(),
        until: until?.toISOString() ?? null,
        unknownCall,
        capture,
        purpose,
        undoing: undoing && { towards: undoing.towards, reason: undoing.reason },
        run: runs,
        reason,
      };
    },

    /**
     * Applies the fraud rules and checks the payment method, side by side, in one step with a line on the timeline for
     * each. `deny` and a card that cannot be charged are results, not errors. Records nothing while the gateway is
     * away.
     */
    async checkPayment(input: PaymentStepInput): Promise<CheckAnswer> {
      const payment = await find(input);
      const [fraud, card] = await Promise.all([
        judgeFraud(payment, input.at),
        judgeCard(payment, input.at).catch((error: unknown) => {
          if (isGatewayError(error, 'GatewayUnavailable')) return null;
          throw error;
        }),
      ]);
      if (card === null) return null;
      const step = await applyStep(database, {
        ...paymentStep(input, ['validating']),
        set: { ...fraud.set, ...card.set },
        event: fraud.event,
        also: [{ ...card.event, step: `${input.step}/card` }],
      });
      return {
        decision: step.data.decision as FraudDecision,
        problem: step.also[0]?.problem as string | null,
      };
    },

    /** Applies the fraud rules alone: they need no gateway. */
    async checkFraud(input: PaymentStepInput): Promise<FraudAnswer> {
      const check = await judgeFraud(await find(input), input.at);
      const { data } = await applyStep(database, { ...paymentStep(input, ['validating']), ...check });
      return { decision: data.decision as FraudDecision };
    },

    /** Checks the payment method alone. Retries through an outage of the gateway. */
    async validateCard(input: PaymentStepInput): Promise<CardAnswer> {
      const check = await judgeCard(await find(input), input.at);
      const { data } = await applyStep(database, { ...paymentStep(input, ['validating']), ...check });
      return { problem: data.problem as string | null };
    },
  };
};
