import type { CommandInput } from '../../../contracts/commands';
import {
  paymentRefusals,
  type CapturePaymentInput,
  type PaymentOutcome,
  type ReviewPaymentInput,
  type RunningPaymentCommand,
} from '../../../contracts/payments/payment';
import { paymentProcess } from '../../../contracts/payments/process';
import { amountStepOf } from '../../../domain/amount-step';
import { DomainError } from '../../../domain/domain-error';
import { captureAmount, meaningOfCancel, refusePaymentCommand } from '../../../domain/payments/payment-commands';
import { settledPaymentStates } from '../../../domain/payments/payment';
import type { Payment } from '../../../models/payments/payment';
import { findEntity } from '../../../services/find-entity';
import {
  commandReleasedPayment,
  outcomeOfPendingCancel,
  type PaymentCommandTerms,
} from '../../../services/payments/command-released-payment';
import { isReleased } from '../../../services/payments/undo-released-payment';
import { sendCommand, type CommandDependencies } from '../../send-command';

export interface SendPaymentCommandInput extends PaymentCommandTerms {
  tenantId: string;
  paymentId: string;
}

/**
 * Sends a command to a payment; see `sendCommand`. A renewal's payment that waits for a person has no workflow
 * meanwhile: there the command is a guarded transition, from which the next run continues.
 *
 * @throws DomainError as `sendCommand`, and `PAYMENT_NOT_CAPTURABLE`, `PAYMENT_NOT_IN_REVIEW`, `PAYMENT_ALREADY_ENDED`,
 *   the errors of `captureAmount`, and `PAYMENT_CAPTURED` for a cancel that came after the capture: accept a refund
 *   instead.
 */
export type SendPaymentCommand = (input: SendPaymentCommandInput) => Promise<PaymentOutcome>;

export function createPaymentCommands(dependencies: CommandDependencies): SendPaymentCommand {
  const { database } = dependencies;
  return async (input) => {
    const { tenantId, paymentId, command, commandId, by, decision } = input;
    const payment = await findEntity({ database, tenantId, entityType: 'payment', entityId: paymentId });
    const recorded =
      command === 'cancelPayment' ? await outcomeOfPendingCancel({ database, payment, commandId }) : null;
    if (recorded) return recorded;
    if (isReleased(payment)) return commandReleasedPayment({ database, payment, ...input });
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
      process: paymentProcess,
      entityId: paymentId,
      update: command,
      input: message,
      refusalOf: (entity) => refusalOf(entity as Payment, command),
    }) as Promise<PaymentOutcome>;
  };
}

/**
 * Returns the refusal that a state implies whatever its workflow says, or null. A review or a capture may arrive before
 * the step that makes it possible.
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
