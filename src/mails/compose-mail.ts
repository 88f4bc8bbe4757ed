import type { MailTemplate } from '../contracts/outbox';
import { languageOf, timeWriter, type MailFacts, type MailTemplateText } from './mail-text';
import { renderMail, type RenderedMail } from './render-mail';
import { approvalEscalation, approvalRequest } from './users/approval';
import { rejection, welcome } from './users/ending';
import { profileReminder } from './users/profile-reminder';
import { renewalFailed, subscriptionCancelled, subscriptionUnpaid, trialEnding } from './subscriptions/subscription';
import { verification, verificationReminder } from './users/verification';

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
