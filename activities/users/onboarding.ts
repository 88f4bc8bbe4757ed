import type { ActivityDependencies } from '../dependencies';
import type { OnboardingProgress } from '../../src/contracts/users/onboarding';
import type {
  AdvanceOnboardingInput,
  FinishOnboardingInput,
  OnboardingStepInput,
  StepApplied,
  UndoOnboardingInput,
  UpdateUserStatusInput,
} from '../../src/contracts/users/onboarding-activities';
import { byWorkflow } from '../../src/domain/actor';
import { DomainError } from '../../src/domain/domain-error';
import { onboardingTimes, onboardingTransitions, openOnboardingStates } from '../../src/domain/users/onboarding';
import type { Profile } from '../../src/models/users/user';
import { applyStep } from '../../src/services/apply-step';
import { claimEntity } from '../../src/services/claim-entity';
import { findEntity } from '../../src/services/find-entity';
import { findPayload } from '../../src/services/find-payload';
import { moveUser } from '../../src/services/users/move-user';
import { retireLinkMails } from '../../src/services/users/verification-mail';
import { onboardingStep } from './onboarding-step';

/** Returns the profile as submitted, with every field present. */
function profileOf(payload: Record<string, unknown>): Profile {
  const field = (name: keyof Profile) => (typeof payload[name] === 'string' ? payload[name] : null);
  return {
    displayName: field('displayName'),
    company: field('company'),
    phone: field('phone'),
    jobTitle: field('jobTitle'),
    website: field('website'),
  };
}

/**
 * The steps of an onboarding that change it or its user. Each is one guarded transition under its step's name, so
 * Temporal may run it any number of times.
 */
export const createOnboardingActivities = ({ database }: ActivityDependencies) => {
  const { models } = database;

  const findOnboarding = ({ tenantId, onboardingId }: OnboardingStepInput) =>
    findEntity({ database, tenantId, entityType: 'onboarding', entityId: onboardingId });

  const payloadOf = async ({ tenantId, onboardingId, command }: OnboardingStepInput & { command?: { id: string } }) =>
    findPayload({ database, tenantId, entityId: onboardingId, commandId: command?.id ?? null });

  return {
    /**
     * Makes this run the owner of the onboarding and returns the state to continue from. Throws `ENTITY_NOT_OURS` for
     * an onboarding that another chain owns.
     */
    async beginOnboarding(input: OnboardingStepInput): Promise<OnboardingProgress> {
      const { tenantId, onboardingId, chain, at } = input;
      const { state } = await claimEntity({
        database,
        tenantId,
        entityType: 'onboarding',
        entityId: onboardingId,
        chain,
      });
      if (state === 'accepted') {
        const until = new Date(Date.parse(at) + onboardingTimes.verificationGivesUpAfterMs);
        await applyStep(database, {
          ...onboardingStep(input),
          from: ['accepted'],
          to: 'awaiting_verification',
          set: { since: new Date(at), until },
          event: { type: 'onboarding.started' },
        });
      }
      const onboarding = await findOnboarding(input);
      if (!(openOnboardingStates as string[]).includes(onboarding.state)) {
        throw new DomainError('ILLEGAL_STATE', `onboarding ${onboardingId} is ${onboarding.state}, which is final`);
      }
      const { verification, undoing } = onboarding;
      return {
        state: onboarding.state,
        since: onboarding.since.toISOString(),
        generation: verification.generation,
        linkExpiresAt: verification.expiresAt?.toISOString() ?? null,
        resentAt: verification.resentAt.map((date) => date.toISOString()),
        correctedAt: verification.correctedAt.map((date) => date.toISOString()),
        towards: undoing?.towards ?? null,
      };
    },

    /**
     * Moves the onboarding to its next state; with a command also applies the command's content (the profile, a note).
     */
    async advanceOnboarding(input: AdvanceOnboardingInput): Promise<StepApplied> {
      const { tenantId, at, from, to, until, command, event } = input;
      const payload = await payloadOf(input);
      const { userId } = await findOnboarding(input);
      return applyStep(database, {
        ...onboardingStep(input),
        by: command?.by ?? byWorkflow,
        from,
        to,
        set: {
          since: new Date(at),
          until: until === null ? null : new Date(until),
          ...(event.type === 'onboarding.verified' ? { 'verification.verifiedAt': new Date(at) } : {}),
        },
        event: {
          type: event.type,
          data: { ...event.data, ...(typeof payload.note === 'string' ? { note: payload.note } : {}) },
        },
        ...(event.type === 'onboarding.profile_submitted'
          ? {
              alongside: async (session) => {
                await models.users.updateOne(
                  { _id: userId, tenantId },
                  { $set: { profile: profileOf(payload) }, $max: { updatedAt: new Date(at) }, $inc: { version: 1 } },
                  { session },
                );
              },
            }
          : {}),
      });
    },

    /** Begins the undoing: from this step on no command is accepted, whatever the ending will be. */
    async undoOnboarding(input: UndoOnboardingInput): Promise<StepApplied> {
      const { tenantId, onboardingId, at, towards, command } = input;
      const payload = await payloadOf(input);
      const reason = typeof payload.reason === 'string' ? payload.reason : input.reason;
      return applyStep(database, {
        ...onboardingStep(input),
        by: command?.by ?? byWorkflow,
        from: onboardingTransitions.compensating,
        to: 'compensating',
        set: { since: new Date(at), until: null, undoing: { towards, reason } },
        event: { type: 'onboarding.undoing', data: { towards, reason } },
        alongside: (session) => retireLinkMails({ database, session, tenantId, onboardingId }),
      });
    },

    /** The last step of every ending. */
    async finishOnboarding(input: FinishOnboardingInput): Promise<StepApplied> {
      const { at, to } = input;
      return applyStep(database, {
        ...onboardingStep(input),
        from: onboardingTransitions[to],
        to,
        set: { since: new Date(at), until: null },
        event: { type: `onboarding.${to}` },
      });
    },

    /**
     * Moves the user and records that on the onboarding's timeline. Does nothing when the user has that status already.
     */
    async updateUserStatus(input: UpdateUserStatusInput): Promise<StepApplied> {
      const { tenantId, at, to } = input;
      const { userId } = await findOnboarding(input);
      return applyStep(database, {
        ...onboardingStep(input),
        from: openOnboardingStates,
        event: { type: to === 'active' ? 'onboarding.user_activated' : 'onboarding.user_cancelled' },
        alongside: async (session) => {
          await moveUser({ database, session, tenantId, userId, to, at: new Date(at) });
        },
      });
    },

    /** Releases the e-mail address for another user. */
    async releaseEmail(input: OnboardingStepInput): Promise<StepApplied> {
      const { tenantId, at } = input;
      const { userId } = await findOnboarding(input);
      return applyStep(database, {
        ...onboardingStep(input),
        from: ['compensating'],
        event: { type: 'onboarding.address_released' },
        alongside: async (session) => {
          await models.users.updateOne(
            { _id: userId, tenantId, holdsEmail: true },
            { $unset: { holdsEmail: 1 }, $max: { updatedAt: new Date(at) }, $inc: { version: 1 } },
            { session },
          );
        },
      });
    },
  };
};
