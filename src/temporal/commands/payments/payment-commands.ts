import type { CommandInput } from '../../../contracts/commands';
import {
  paymentRefusals,
  processPaymentId,
  type CapturePaymentInput,
  type PaymentOutcome,
  type ReviewPaymentInput,
  type RunningPaymentCommand,
} from '../../../contracts/payments/payment';
import type { Actor } from '../../../domain/actor';
import { amountStepOf } from '../../../domain/amount-step';
import { DomainError } from '../../../domain/domain-error';
import { captureAmount, meaningOfCancel, refusePaymentCommand } from '../../../domain/payments/payment-commands';
import type { Money } from '../../../domain/money';
import { settledPaymentStates } from '../../../domain/payments/payment';
import type { Payment } from '../../../models/payments/payment';
import { applyToReleased, isReleased, outcomeOfAskedCancel } from './released-payment';
import { sendCommand, type CommandDependencies } from '../../send-command';

export interface SendPaymentCommandInput {
  tenantId: string;
  paymentId: string;
  command: RunningPaymentCommand;
  /** The idempotency record's id; the update id, so a retry asks for the same update's outcome. */
  commandId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  /** For `capturePayment`: how much; all of it without. */
  amount?: Money;
  /** For `reviewPayment`; its note waits in `commandPayloads` under the command's id. */
  decision?: ReviewPaymentInput['decision'];
}

/**
 * Sends a command to a payment; see `sendCommand`. A renewal's payment that waits for a person has no process
 * meanwhile: there the command is a guarded transition, which the next run goes on from.
 *
 * @throws DomainError as `sendCommand`, and `PAYMENT_NOT_CAPTURABLE`, `PAYMENT_NOT_IN_REVIEW`, `PAYMENT_ALREADY_ENDED`,
 *   what `captureAmount` throws, and `PAYMENT_CAPTURED` for a cancel that came after the money was taken: accept a
 *   refund instead.
 */
export type SendPaymentCommand = (input: SendPaymentCommandInput) => Promise<PaymentOutcome>;

export function createPaymentCommands(dependencies: CommandDependencies): SendPaymentCommand {
  const { database } = dependencies;
  return async (input) => {
    const { tenantId, paymentId, command, commandId, by, decision } = input;
    const payment = await database.models.payments.findOne({ _id: paymentId, tenantId }).lean();
    if (!payment) throw new DomainError('NOT_FOUND', 'There is no such payment');
    const asked = command === 'cancelPayment' ? await outcomeOfAskedCancel(dependencies, payment, commandId) : null;
    if (asked) return asked;
    if (isReleased(payment)) return applyToReleased(dependencies, payment, input);
    const amountMinor =
      command === 'capturePayment' && input.amount
        ? captureAmount({
            authorised: payment.amount,
            requested: input.amount,
            stepMinor: amountStepOf({ tenantId, currency: payment.amount.currency }),
          }).amountMinor
        : undefined;
    const message: CommandInput | CapturePaymentInput | ReviewPaymentInput = {
      commandId,
      by,
      ...(amountMinor === undefined ? {} : { amountMinor }),
      ...(command === 'reviewPayment' ? { decision: decision ?? 'decline' } : {}),
    };
    return sendCommand(dependencies, {
      tenantId,
      entityType: 'payment',
      entityId: paymentId,
      workflowId: processPaymentId(paymentId),
      update: command,
      input: message,
      refusalOf: (entity) => refusalOf(entity as Payment, command),
    }) as Promise<PaymentOutcome>;
  };
}

/**
 * What a state refuses whatever its process says. `review` and `capture` may overtake the step that makes them
 * possible.
 */
function refusalOf({ state, capture }: Payment, command: RunningPaymentCommand): DomainError | null {
  if (command === 'cancelPayment' && meaningOfCancel(state) === 'refund') {
    return new DomainError(
      paymentRefusals.captured,
      `The payment is ${state}: cancelling it means refunding what is left`,
    );
  }
  const refused = settledPaymentStates.includes(state) ? refusePaymentCommand({ command, state, capture }) : null;
  return refused && new DomainError(refused.code, refused.detail);
}
