import type { UserMailTemplate } from '../../contracts/users/mails';
import type { MailDefinition } from '../mail-definition';
import { approvalEscalation, approvalRequest } from './approval';
import { profileReminder } from './profile-reminder';
import { rejection } from './rejection';
import { verification, verificationReminder } from './verification';
import { welcome } from './welcome';

/** The templates of the mails about an onboarding. */
export const userMails: Record<UserMailTemplate, MailDefinition> = {
  verification,
  verificationReminder,
  profileReminder,
  approvalRequest,
  approvalEscalation,
  rejection,
  welcome,
};
