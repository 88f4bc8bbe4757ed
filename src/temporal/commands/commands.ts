import type { CommandDependencies } from '../send-command';
import { createReviewCommands } from './listings/review-commands';
import { createPaymentCommands } from './payments/payment-commands';
import { createReportCommands } from './reports/report-commands';
import { createSubscriptionCommands } from './subscriptions/subscription-commands';
import { createOnboardingCommands } from './users/onboarding-commands';

/** Creates the senders of commands to running processes, one line per process that takes commands. */
export const createCommands = (dependencies: CommandDependencies) => ({
  sendOnboardingCommand: createOnboardingCommands(dependencies),
  sendPaymentCommand: createPaymentCommands(dependencies),
  sendReportCommand: createReportCommands(dependencies),
  sendReviewCommand: createReviewCommands(dependencies),
  sendSubscriptionCommand: createSubscriptionCommands(dependencies),
});

export type Commands = ReturnType<typeof createCommands>;
/** The input of any process's command. */
export type SendAnyCommandInput = Parameters<Commands[keyof Commands]>[0];
