import {
  GatewayOutcomeUnknown,
  GatewayUnavailable,
  type GatewayOperation,
} from '../../../src/clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../../src/clients/gateways/payment-gateway';
import { processPaymentId } from '../../../src/contracts/payments/payment';
import { subscriptionId as subscriptionWorkflowId } from '../../../src/contracts/subscriptions/subscription';
import { paymentTimes } from '../../../src/domain/payments/payment';
import { advanceHere, type AdvanceHereInput } from '../../../src/testing/worlds/advance-here';
import { differences } from '../../../src/testing/expect-books';
import { openPaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
/**
 * Milliseconds without progress until the advance fails; twice as long for a process that waits for the gateway.
 */
const STALL_AFTER_MS = 4000;
/** Business time that a few useless look-ups may take. */
const A_FEW_LOOK_UPS_MS = 5 * 60_000;

/** A gateway that, while it hangs, executes every call without an answer; it still returns payment methods. */
function createHangingGateway() {
  const fault = { hangs: false };
  const wrap = (gateway: PaymentGateway): PaymentGateway => {
    const operate =
      <Input extends { idempotencyKey: string }, Result>(
        call: GatewayOperation,
        act: (input: Input) => Promise<Result>,
      ) =>
      async (input: Input): Promise<Result> => {
        const answer = await act(input);
        if (fault.hangs)
          throw new GatewayOutcomeUnknown({ call, idempotencyKey: input.idempotencyKey, reason: 'no answer' });
        return answer;
      };
    return {
      ...gateway,
      authorise: operate('authorise', (input) => gateway.authorise(input)),
      capture: operate('capture', (input) => gateway.capture(input)),
      void: operate('void', (input) => gateway.void(input)),
      refund: operate('refund', (input) => gateway.refund(input)),
      async lookUp(input) {
        if (fault.hangs) throw new GatewayUnavailable({ call: 'lookUp', reason: 'no answer' });
        return gateway.lookUp(input);
      },
    };
  };
  return { fault, wrap };
}

/** Advances until the gateway stops it; on a busy machine something else may make no progress first. */
async function advanceUntilGateway(input: Pick<AdvanceHereInput, 'world' | 'by'>) {
  for (let attempts = 1; ; attempts += 1) {
    const failure = await advanceHere({ ...input, stallAfterMs: STALL_AFTER_MS });
    if (failure === null || failure.detail.includes('the gateway') || attempts === 10) return failure;
  }
}

beforeAll(() => quietTemporal());

it('an unanswered void skips no day, and the advance continues once the gateway answers', async () => {
  const { fault, wrap } = createHangingGateway();
  const world = await openPaymentWorld({ wrapGateway: wrap, webhooks: false });
  try {
    const action = await world.pay({ paymentMethod: 'pm_requires_action' });
    await world.until(action, 'requires_action');
    const manual = await world.pay({ capture: 'manual' });
    await world.until(manual, 'authorised');
    const since = (await world.read(action)).since.getTime();

    fault.hangs = true;
    expect(await advanceUntilGateway({ world, by: 'P40D' })).toMatchObject({
      code: 'WORKFLOW_STALLED',
      workflowId: processPaymentId(action),
      detail: expect.stringContaining('the gateway'),
    });
    expect(await world.timeline(action)).not.toContain('outcome_overdue');
    expect((await world.read(manual)).state).toBe('authorised');
    const { updatedAt } = await world.read(action);
    expect(updatedAt.getTime() - since).toBeLessThan(paymentTimes.actionMs + A_FEW_LOOK_UPS_MS);

    fault.hangs = false;
    expect(await advanceHere({ world, by: 'P40D' })).toBeNull();
    for (const id of [action, manual]) {
      expect(await world.read(id)).toMatchObject({ state: 'cancelled' });
      expect(await world.timeline(id)).not.toContain('outcome_overdue');
      expect((await differences(world, id)).problems).toEqual([]);
    }
    expect((await world.read(action)).updatedAt.getTime() - since).toBeLessThan(
      paymentTimes.actionMs + 2 * A_FEW_LOOK_UPS_MS,
    );
  } finally {
    await world.close();
  }
});

it('an unanswered refund skips no day either', async () => {
  const { fault, wrap } = createHangingGateway();
  const world = await openPaymentWorld({ wrapGateway: wrap, webhooks: false });
  try {
    const id = await world.pay();
    await world.until(id, 'captured');
    fault.hangs = true;
    const refundId = await world.refund(id);
    await waitFor(async () => (await world.effects(refundId)).refund === 'intent', {
      what: 'the refund to be sent',
    });
    expect(await advanceUntilGateway({ world, by: 'P3D' })).toMatchObject({
      code: 'WORKFLOW_STALLED',
    });
    expect(await world.timeline(refundId)).not.toContain('outcome_overdue');
    fault.hangs = false;
    expect(await advanceHere({ world, by: 'P3D' })).toBeNull();
    expect(await world.timeline(refundId)).toEqual(['accepted', 'started', 'succeeded']);
  } finally {
    await world.close();
  }
});

it('an unanswered renewal keeps its subscription from advancing', async () => {
  const { fault, wrap } = createHangingGateway();
  const world = await openSubscriptionWorld({ wrapGateway: wrap });
  try {
    const id = await world.subscribe({ planId: await world.plan({ interval: 'week' }) });
    await world.until(id, 'active');
    const renewedAt = (await world.read(id)).nextPeriodAt.getTime();
    fault.hangs = true;
    expect(await advanceUntilGateway({ world, by: 'P20D' })).toMatchObject({
      code: 'WORKFLOW_STALLED',
      workflowId: subscriptionWorkflowId(id),
      detail: expect.stringContaining('the gateway'),
    });
    const payment = (await world.payments(id)).at(-1)!;
    expect(payment.state).toBe('unknown');
    expect(payment.updatedAt.getTime() - renewedAt).toBeLessThan(HOUR);
    fault.hangs = false;
    expect(await advanceHere({ world, by: 'P20D' })).toBeNull();
    const paid = await world.payments(id);
    expect(paid.map(({ state }) => state)).toEqual(paid.map(() => 'captured'));
    expect(paid.length).toBeGreaterThanOrEqual(3);
    expect((await world.events(id)).map(({ type }) => type)).not.toContain('subscription.payment_failed');
  } finally {
    await world.close();
  }
});
