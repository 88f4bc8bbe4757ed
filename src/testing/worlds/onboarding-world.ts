import { randomUUID } from 'node:crypto';
import { taskQueues } from '../../contracts/task-queues';
import { userOnboardingId } from '../../contracts/users/onboarding';
import type { OnboardingCommand, OnboardingState } from '../../domain/users/onboarding';
import { createOnboardingCommands } from '../../temporal/commands/users/onboarding-commands';
import { advanceWorkflow } from '../../temporal/time-skipping/time-skipping';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { acceptOnboarding } from './accept-onboarding';
import { openBaseWorld, PATIENT_STALL_MS, tester, type BaseWorldInput } from './base-world';

/** Opens onboardings that run as in production, with clocks that the test advances. The partner has two reviewers. */
export async function openOnboardingWorld({ wrap }: Pick<BaseWorldInput, 'wrap'> = {}) {
  const reviewers = ['r1@partner.example', 'r2@partner.example'];
  const world = await openBaseWorld({ taskQueues: [taskQueues.users], wrap, partner: { reviewers } });
  const { database, client, tenantId, starter } = world;
  const send = createOnboardingCommands({ client, database, starter });

  return {
    ...world,
    send,
    /** Accepts an onboarding as the api does, and sends the start. */
    async accept({
      requiresApproval = false,
      email,
    }: { requiresApproval?: boolean; email?: string } = {}): Promise<string> {
      const { onboarding, row } = await acceptOnboarding({ database, tenantId, requiresApproval, email });
      await starter.start(row);
      return onboarding._id;
    },
    read: (onboardingId: string) => database.models.onboardings.findById(onboardingId).lean().orFail(),
    userOf: async (onboardingId: string) => database.models.users.findOne({ onboardingId }).lean().orFail(),
    /** Returns the normalised address that the user of an onboarding holds; null when they hold none. */
    async heldBy(onboardingId: string): Promise<string | null> {
      const { userId } = await database.models.onboardings.findById(onboardingId).lean().orFail();
      return (await database.models.heldAddresses.findById(userId).lean())?.emailKey ?? null;
    },
    until: (onboardingId: string, state: OnboardingState) =>
      waitFor(async () => (await database.models.onboardings.findById(onboardingId).lean())?.state === state, {
        what: `${onboardingId} to be ${state}`,
      }),
    advance: (onboardingId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: userOnboardingId(onboardingId), byMs, timeoutMs: PATIENT_STALL_MS }),
    /** Sends a command as the api does. The api stores `payload` under the command's id. */
    async command(
      onboardingId: string,
      command: OnboardingCommand,
      {
        generation,
        payload,
        commandId = randomUUID(),
      }: { generation?: number; payload?: Record<string, unknown>; commandId?: string } = {},
    ) {
      if (payload) await world.keepPayload(commandId, onboardingId, payload);
      return untilAnswered(() => send({ tenantId, onboardingId, command, commandId, by: tester, generation }));
    },
    handle: (onboardingId: string) => client.workflow.getHandle(userOnboardingId(onboardingId)),
  };
}

export type OnboardingWorld = Awaited<ReturnType<typeof openOnboardingWorld>>;
