import { taskQueues } from '../../contracts/task-queues';
import { userOnboardingId } from '../../contracts/users/onboarding';
import { newId } from '../../domain/ids';
import type { Mode } from '../../domain/tenant';
import { createOnboardingCommands } from '../../temporal/commands/users/onboarding-commands';
import { describeWorkflow } from '../../temporal/time-skipping/time-skipping-api';
import { untilAnswered } from '../platform/until-answered';
import { acceptOnboarding } from './accept-onboarding';
import { openBaseWorld, tester, type BaseWorldInput } from './base-world';
import { createClockAdvances } from './clock-advances';

/** Opens onboardings of any number of tenants, each with its own clock. */
export async function openSandboxWorld(
  input: Pick<BaseWorldInput, 'wrap' | 'stallAfterMs' | 'stallClock' | 'temporalAddress'> = {},
) {
  const world = await openBaseWorld({
    ...input,
    taskQueues: [taskQueues.users, taskQueues.operations],
    worker: { shutdownGraceTime: 100 },
  });
  const { database, client, starter, clock } = world;
  const send = createOnboardingCommands({ client, database, starter });
  const describe = (onboardingId: string) => describeWorkflow({ client, workflowId: userOnboardingId(onboardingId) });

  return {
    ...world,
    newTenant: async ({ mode, timeZone = 'UTC' }: { mode?: Mode; timeZone?: string } = {}): Promise<string> =>
      (await world.newPartner({ timeZone }, mode)).tenantId,
    /** Accepts an onboarding as the api does. With `start: false` the start stays in the outbox. */
    async onboard(tenantId: string, { start = true }: { start?: boolean } = {}): Promise<string> {
      const at = await clock.now(tenantId);
      const { onboarding, row } = await acceptOnboarding({ database, tenantId, requiresApproval: false, at });
      if (start) await starter.start(row);
      return onboarding._id;
    },
    /** Accepts and starts an onboarding, and waits until its first mail is requested. */
    async onboardUntilMailed(tenantId: string): Promise<string> {
      const id = await this.onboard(tenantId);
      await world.untilMailed(id, 1);
      return id;
    },
    describe,
    /** Returns the milliseconds by which the clock of the workflow is ahead of real time; NaN without a workflow. */
    offsetOf: async (onboardingId: string): Promise<number> => (await describe(onboardingId))?.offsetMs ?? NaN,
    /** Returns the times of the events in their order, in milliseconds. */
    timesOf: async (onboardingId: string): Promise<number[]> =>
      (await world.events(onboardingId)).map(({ at }) => at.getTime()),
    command: (
      tenantId: string,
      onboardingId: string,
      command: 'verifyEmail' | 'cancelOnboarding' | 'resendVerification',
      { commandId = newId('event'), generation }: { commandId?: string; generation?: number } = {},
    ) => untilAnswered(() => send({ tenantId, onboardingId, command, commandId, by: tester, generation })),
    ...createClockAdvances({ database, starter }),
    read: (onboardingId: string) => database.models.onboardings.findById(onboardingId).lean().orFail(),
    handle: (onboardingId: string) => client.workflow.getHandle(userOnboardingId(onboardingId)),
  };
}

/** Returns the times in ascending order. */
export const ascending = (times: readonly number[]): number[] => times.toSorted((a, b) => a - b);

export type SandboxWorld = Awaited<ReturnType<typeof openSandboxWorld>>;
