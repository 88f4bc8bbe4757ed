import type { ActivityDependencies } from '../dependencies';
import type {
  NewLink,
  SendEmailInput,
  StepApplied,
  UpdateOnboardingEmailInput,
} from '../../src/contracts/users/onboarding-activities';
import { byWorkflow } from '../../src/domain/actor';
import { openOnboardingStates, orderedVerificationMail } from '../../src/domain/users/onboarding';
import { applyStep } from '../../src/services/apply-step';
import { findEntity } from '../../src/services/find-entity';
import { findPayload } from '../../src/services/find-payload';
import { moveAddress } from '../../src/services/users/move-address';
import { retireLinkMails } from '../../src/services/users/verification-mail';
import { onboardingStep } from './onboarding-step';

/** Returns the changes of an onboarding whose newest link is sent. */
const newestLink = ({ generation, expiresAt }: NewLink) => ({
  'verification.generation': generation,
  'verification.expiresAt': new Date(expiresAt),
  'verification.mail': orderedVerificationMail,
});

/**
 * The mails to the person. Each is recorded and enqueued in the outbox in one step; its Message-ID is derived from the
 * step, so it is the same however often the mail is sent.
 */
export const createOnboardingMailActivities = ({ database }: ActivityDependencies) => ({
  /** Records a mail and orders it. A mail with a link replaces the mail with the link before. */
  async sendEmail(input: SendEmailInput): Promise<StepApplied> {
    const { tenantId, onboardingId, step, at, template, event, link, command } = input;
    const replacesLink = link !== undefined && link.generation > 1;
    return applyStep(database, {
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
      mails: [{ template, key: `${onboardingId}/${step}`, to: null, data: { generation: link?.generation ?? null } }],
      alongside: async (session) => {
        if (replacesLink) await retireLinkMails({ database, session, tenantId, onboardingId });
      },
    });
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
    const data = { generation: link.generation };
    return moveAddress({
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
        event: { type: 'onboarding.email_updated', data },
        mails: [{ template: 'verification', key: `${onboardingId}/${step}`, to: null, data }],
      },
    });
  },
});
