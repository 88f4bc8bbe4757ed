import type { MailTemplate } from '../contracts/outbox';
import { languageOf, timeWriter, type MailFacts, type MailTemplateText } from './mail-text';
import { renderMail, type RenderedMail } from './render-mail';
import { approvalEscalation, approvalRequest } from './templates/approval';
import { rejection, welcome } from './templates/ending';
import { profileReminder } from './templates/profile-reminder';
import { renewalFailed, subscriptionCancelled, subscriptionUnpaid, trialEnding } from './templates/subscription';
import { verification, verificationReminder } from './templates/verification';

const templates: Record<MailTemplate, MailTemplateText> = {
  verification,
  verificationReminder,
  profileReminder,
  approvalRequest,
  approvalEscalation,
  rejection,
  welcome,
  trialEnding,
  renewalFailed,
  subscriptionUnpaid,
  subscriptionCancelled,
};

export interface ComposeMailInput {
  template: MailTemplate;
  /** The reader's, BCP 47; mails are written in English and German, and in English for everybody else. */
  locale: string;
  /** The reader's, IANA. */
  timeZone: string;
  facts: Omit<MailFacts, 'time'>;
}

/** Writes a mail: the same facts always make the same mail. */
export function composeMail({ template, locale, timeZone, facts }: ComposeMailInput): RenderedMail {
  const language = languageOf(locale);
  const mail = templates[template][language]({ ...facts, time: timeWriter({ locale, timeZone }) });
  return renderMail({ language, mail, sender: facts.partnerName });
}
