import type { ClientSession } from 'mongoose';
import type { MailRequest } from '../../contracts/outbox';
import type { VerificationMail } from '../../domain/users/onboarding';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import { retireMails } from '../undeliverable-mails';

export interface ChangesByMailInput {
  onboarding: Pick<Onboarding, 'verification'>;
  mail: MailRequest;
  state: VerificationMail;
}

/** Returns the changes of an onboarding by the state of a mail; none for a mail without the newest link. */
export function changesByMail({ onboarding, mail, state }: ChangesByMailInput): Record<string, unknown> {
  const hasNewestLink = mail.data.generation === onboarding.verification.generation;
  return hasNewestLink ? { 'verification.mail': state } : {};
}

export interface RetireLinkMailsInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  onboardingId: string;
}

/** Takes the undeliverable mails with a link off the operator's list, because their links end. */
export const retireLinkMails = ({ onboardingId: entityId, ...input }: RetireLinkMailsInput): Promise<void> =>
  retireMails({ ...input, entityId, isRetired: ({ data }) => typeof data.generation === 'number' });
