// The work of one payment at its gateway and in its books, by the same code as in production; each peer adds how it
// records steps and rows.
import { createSandboxGateway } from '../../src/clients/gateways/sandbox-gateway';
import type { Money } from '../../src/domain/money';
import { cardProblems } from '../../src/domain/payments/card';
import { postAuthorise, postCapture } from '../../src/domain/payments/ledger';
import type { Posting } from '../../src/domain/payments/ledger';

export interface PaymentToMake {
  id: string;
  /** The account at the simulated gateway. */
  account: string;
  amount: Money;
  paymentMethod: string;
  description: string;
  /** The instant of the charge, ISO 8601. */
  at: string;
}

export interface CreatePaymentWorkInput {
  gatewayUrl: string;
  /** The secret that signs calls to the gateway. */
  secret: string;
}

/** Returns the steps of a payment whose card is good. Each may be repeated: the gateway acts once on a key. */
export function createPaymentWork({ gatewayUrl, secret }: CreatePaymentWorkInput) {
  const gateway = createSandboxGateway({ url: gatewayUrl, secret });
  const callOf = ({ id, account, at }: PaymentToMake, call: 'authorise' | 'capture') => ({
    tenantId: account,
    at,
    idempotencyKey: `${id}:${call}:1`,
  });

  return {
    /** @throws when the card cannot be charged. */
    async checkCard({ account, paymentMethod, amount, at }: PaymentToMake): Promise<void> {
      const found = await gateway.getPaymentMethod({ tenantId: account, paymentMethod, at });
      const facts =
        found.status === 'not_found'
          ? null
          : { ...found, expiryMonth: found.expMonth, expiryYear: found.expYear, usable: true, currencies: null };
      const [problem] = cardProblems({ facts, amount, at });
      if (problem) throw new Error(`${paymentMethod}: ${problem.detail}`);
    },

    /** Holds the amount. Returns the posting of the hold. @throws unless the gateway authorises. */
    async authorise(payment: PaymentToMake): Promise<{ authorisationId: string; posting: Posting }> {
      const { id, amount, paymentMethod, description } = payment;
      const call = callOf(payment, 'authorise');
      const result = await gateway.authorise({ ...call, amount, paymentMethod, description, reference: id });
      if (result.status !== 'authorised') throw new Error(`${id} is ${result.status}`);
      const posting = postAuthorise({ key: call.idempotencyKey, paymentId: id, amount });
      return { authorisationId: result.authorisationId, posting };
    },

    /** Captures the whole hold. Returns the posting of the capture. @throws unless the gateway captures. */
    async capture(payment: PaymentToMake, authorisationId: string): Promise<{ posting: Posting }> {
      const { id, amount } = payment;
      const call = callOf(payment, 'capture');
      const result = await gateway.capture({ ...call, authorisationId, amount });
      if (result.status !== 'captured') throw new Error(`${id} is ${result.status}`);
      const posting = postCapture({
        key: call.idempotencyKey,
        paymentId: id,
        captured: result.amount,
        authorised: amount,
      });
      return { posting };
    },
  };
}
