import type { MailRequest } from '../../src/contracts/outbox';
import type { NewLink, OnboardingStepInput, SendEmailInput } from '../../src/contracts/users/onboarding-activities';
import { byWorkflow } from '../../src/domain/actor';
import { orderedVerificationMail } from '../../src/domain/users/onboarding';

/** Returns the part that every step of an onboarding's workflow has in common, for `applyStep`. */
export const onboardingStep = ({ tenantId, onboardingId, chain, step, at }: OnboardingStepInput) =>
  ({
    tenantId,
    entityType: 'onboarding',
    entityId: onboardingId,
    chain,
    step,
    at,
    by: byWorkflow,
  }) as const;

/** Returns the changes of an onboarding whose newest link is sent. */
export const newestLink = ({ generation, expiresAt }: NewLink) => ({
  'verification.generation': generation,
  'verification.expiresAt': new Date(expiresAt),
  'verification.mail': orderedVerificationMail,
});

/** Returns a step's mail to the person. It has the same key, and so the same Message-ID, however often it is sent. */
export const mailToPerson = ({
  onboardingId,
  step,
  template,
  link,
}: Pick<SendEmailInput, 'onboardingId' | 'step' | 'template' | 'link'>): MailRequest => ({
  template,
  key: `${onboardingId}/${step}`,
  audience: 'person',
  to: null,
  data: { generation: link?.generation ?? null },
});
