import type { CommandInput } from '../../src/contracts/commands';
import type {
  CancelSubscriptionInput,
  ChangePlanInput,
  PauseSubscriptionInput,
  SubscriptionOutcome,
  SubscriptionUpdate,
} from '../../src/contracts/subscriptions/subscription';
import type { QueuedCommand } from '../command-inbox';

/** The input of any command to a subscription. */
export type SubscriptionMessage = CommandInput &
  Partial<Omit<ChangePlanInput & PauseSubscriptionInput & CancelSubscriptionInput, keyof CommandInput>>;
export type QueuedSubscriptionCommand = QueuedCommand<SubscriptionUpdate, SubscriptionOutcome, SubscriptionMessage> & {
  /** The invoice of the change whose payment this command has withdrawn. */
  withdrawnInvoiceId?: string;
};
