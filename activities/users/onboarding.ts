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
import type { Onboarding } from '../../src/models/users/onboarding';
import type { Profile } from '../../src/models/users/user';
import { applyStep, type StepEvent, type StepInput } from '../../src/services/apply-step';
import { claimEntity } from '../../src/services/claim-entity';
import { findEntity } from '../../src/services/find-entity';
import { findPayload } from '../../src/services/find-payload';
import { releaseAddress } from '../../src/services/users/held-address';
import { moveUser } from '../../src/services/users/move-user';
import { retireLinkMails } from '../../src/services/users/verification-mail';
import { mailToPerson, newestLink, onboardingStep } from './onboarding-step';

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

/** Returns what a run continues from. Throws for an onboarding that has ended. */
function progressOf({ _id, state, since, verification, undoing }: Onboarding): OnboardingProgress {
  if (!(openOnboardingStates as string[]).includes(state))
    throw new DomainError('ILLEGAL_STATE', `onboarding ${_id} is ${state}, which is final`);
  return {
    state,
    since: since.toISOString(),
    generation: verification.generation,
    linkExpiresAt: verification.expiresAt?.toISOString() ?? null,
    resentAt: verification.resentAt.map((date) => date.toISOString()),
    correctedAt: verification.correctedAt.map((date) => date.toISOString()),
    towards: undoing?.towards ?? null,
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

  /** Moves the accepted onboarding on and orders the mail with the first link, in one transaction. */
  const sendFirstLink = async (input: OnboardingStepInput): Promise<void> => {
    const { onboardingId, at } = input;
    const atMs = Date.parse(at);
    const link = { generation: 1, expiresAt: new Date(atMs + onboardingTimes.linkLifetimeMs).toISOString() };
    const step = 'verification/1';
    await applyStep(database, {
      ...onboardingStep(input),
      from: ['accepted'],
      to: 'awaiting_verification',
      set: {
        since: new Date(at),
        until: new Date(atMs + onboardingTimes.verificationGivesUpAfterMs),
        ...newestLink(link),
      },
      event: { type: 'onboarding.started' },
      also: [{ step, type: 'onboarding.verification_sent', data: { generation: link.generation } }],
      mails: [mailToPerson({ onboardingId, step, template: 'verification', link })],
    });
  };

  const complete = async (
    input: FinishOnboardingInput,
    ending: Omit<StepInput, 'event' | 'also'>,
    end: StepEvent & { step: string },
  ): Promise<void> => {
    const { tenantId, onboardingId, at } = input;
    const { userId } = await findOnboarding(input);
    const welcome = 'welcome-mail';
    await applyStep(database, {
      ...ending,
      // The end comes last on the timeline.
      step: 'activate-user',
      event: { type: 'onboarding.user_activated' },
      also: [{ step: welcome, type: 'onboarding.welcome_sent' }, end],
      mails: [mailToPerson({ onboardingId, step: welcome, template: 'welcome' })],
      alongside: (session) => moveUser({ database, session, tenantId, userId, to: 'active', at: new Date(at) }),
    });
  };

  return {
    /**
     * Makes this run the owner of the onboarding, sends the first link, and returns the state to continue from. Throws
     * `ENTITY_NOT_OURS` for an onboarding that another chain owns.
     */
    async beginOnboarding(input: OnboardingStepInput): Promise<OnboardingProgress> {
      const { tenantId, onboardingId: entityId, chain } = input;
      const claimed = await claimEntity({ database, tenantId, entityType: 'onboarding', entityId, chain });
      if (claimed.state !== 'accepted') return progressOf(claimed);
      await sendFirstLink(input);
      return progressOf(await findOnboarding(input));
    },

    /**
     * Moves the onboarding to its next state; with a command also applies the command's content (the profile, a note).
     */
    async advanceOnboarding(input: AdvanceOnboardingInput): Promise<StepApplied> {
      const { tenantId, at, from, to, until, command, event } = input;
      const payload = await payloadOf(input);
      const { userId } = await findOnboarding(input);
      const applied = await applyStep(database, {
        ...onboardingStep(input),
        by: command?.by ?? byWorkflow,
        from,
        to,
        set: {
          since: new Date(at),
          until: until === null ? null : new Date(until),
          ...(event === 'onboarding.verified' ? { 'verification.verifiedAt': new Date(at) } : {}),
        },
        event: {
          type: event,
          data: typeof payload.note === 'string' ? { note: payload.note } : {},
        },
        ...(event === 'onboarding.profile_submitted'
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
      return { at: applied.at };
    },

    /** Begins the undoing: from this step on no command is accepted, whatever the ending will be. */
    async undoOnboarding(input: UndoOnboardingInput): Promise<StepApplied> {
      const { tenantId, onboardingId, at, towards, command } = input;
      const payload = await payloadOf(input);
      const reason = typeof payload.reason === 'string' ? payload.reason : input.reason;
      const applied = await applyStep(database, {
        ...onboardingStep(input),
        by: command?.by ?? byWorkflow,
        from: onboardingTransitions.compensating,
        to: 'compensating',
        set: { since: new Date(at), until: null, undoing: { towards, reason } },
        event: { type: 'onboarding.undoing', data: { towards, reason } },
        alongside: (session) => retireLinkMails({ database, session, tenantId, onboardingId }),
      });
      return { at: applied.at };
    },

    /**
     * The last step of every ending. `completed` activates the user, orders the welcome mail and ends the onboarding in
     * one transaction: from then on nothing is undone.
     */
    async finishOnboarding(input: FinishOnboardingInput): Promise<void> {
      const { at, to } = input;
      const ending = {
        ...onboardingStep(input),
        from: onboardingTransitions[to],
        to,
        set: { since: new Date(at), until: null },
      };
      const end = { step: input.step, type: `onboarding.${to}` } as const;
      if (to === 'completed') await complete(input, ending, end);
      else await applyStep(database, { ...ending, event: end });
    },

    /** Cancels the user and records that on the onboarding's timeline. */
    async updateUserStatus(input: UpdateUserStatusInput): Promise<void> {
      const { tenantId, at, to } = input;
      const { userId } = await findOnboarding(input);
      await applyStep(database, {
        ...onboardingStep(input),
        from: openOnboardingStates,
        event: { type: 'onboarding.user_cancelled' },
        alongside: (session) => moveUser({ database, session, tenantId, userId, to, at: new Date(at) }),
      });
    },

    /** Releases the e-mail address for another user. */
    async releaseEmail(input: OnboardingStepInput): Promise<void> {
      const { tenantId } = input;
      const { userId } = await findOnboarding(input);
      await applyStep(database, {
        ...onboardingStep(input),
        from: ['compensating'],
        event: { type: 'onboarding.address_released' },
        alongside: (session) => releaseAddress({ database, session, tenantId, userId }),
      });
    },
  };
};
