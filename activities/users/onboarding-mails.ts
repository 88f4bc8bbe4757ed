import type { ActivityDependencies } from '../dependencies';
import type {
  SendEmailInput,
  StepApplied,
  UpdateOnboardingEmailInput,
} from '../../src/contracts/users/onboarding-activities';
import { byWorkflow } from '../../src/domain/actor';
import { openOnboardingStates } from '../../src/domain/users/onboarding';
import { applyStep } from '../../src/services/apply-step';
import { findEntity } from '../../src/services/find-entity';
import { findPayload } from '../../src/services/find-payload';
import { moveAddress } from '../../src/services/users/move-address';
import { retireLinkMails } from '../../src/services/users/verification-mail';
import { mailToPerson, newestLink, onboardingStep } from './onboarding-step';

/**
 * The mails to the person. Each is recorded and enqueued in the outbox in one step; its Message-ID is derived from the
 * step, so it is the same however often the mail is sent.
 */
export const createOnboardingMailActivities = ({ database }: ActivityDependencies) => ({
  /** Records a mail and orders it. A mail with a link replaces the mail with the link before. */
  async sendEmail(input: SendEmailInput): Promise<StepApplied> {
    const { tenantId, onboardingId, step, at, template, event, link, command } = input;
    const replacesLink = link !== undefined && link.generation > 1;
    const applied = await applyStep(database, {
      ...onboardingStep(input),
      by: command?.by ?? byWorkflow,
      from: link ? ['awaiting_verification'] : openOnboardingStates,
      ...(link
        ? {
            set: newestLink(link),
            ...(command ? { push: { 'verification.resentAt': new Date(at) } } : {}),
          }
        : {}),
      event: { type: event, data: link ? { generation: link.generation } : {} },
      mails: [mailToPerson({ onboardingId, step, template, link })],
      alongside: async (session) => {
        if (replacesLink) await retireLinkMails({ database, session, tenantId, onboardingId });
      },
    });
    return { at: applied.at };
  },

  /**
   * Corrects the address of the onboarding and of its user, moves the claim to the address, and orders a mail with a
   * new link, all in one transaction.
   *
   * @throws DomainError `EMAIL_TAKEN` where another user holds the address
   */
  async updateOnboardingEmail(input: UpdateOnboardingEmailInput): Promise<StepApplied> {
    const { tenantId, onboardingId, step, at, link, until, command } = input;
    const { email } = await findPayload({ database, tenantId, entityId: onboardingId, commandId: command.id });
    const onboarding = await findEntity({ database, tenantId, entityType: 'onboarding', entityId: onboardingId });
    const applied = await moveAddress({
      database,
      onboarding,
      email: String(email),
      step: {
        ...onboardingStep(input),
        by: command.by,
        from: ['awaiting_verification'],
        set: {
          ...newestLink(link),
          since: new Date(at),
          until: new Date(until),
          'verification.resentAt': [],
        },
        push: { 'verification.correctedAt': new Date(at) },
        event: { type: 'onboarding.email_updated', data: { generation: link.generation } },
        mails: [mailToPerson({ onboardingId, step, template: 'verification', link })],
      },
    });
    return { at: applied.at };
  },
});
