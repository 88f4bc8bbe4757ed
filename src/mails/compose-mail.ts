import type { MailAudience } from '../domain/mail-delivery';
import type { Mode } from '../domain/tenant';
import type { MailDefinition, MailFacts } from './mail-definition';
import { languageOf, mailWriter } from './mail-text';
import { renderMail, type RenderedMail } from './render-mail';

export interface ComposeMailInput<Facts extends MailFacts> {
  template: MailDefinition<Facts>;
  /** The reader's locale, BCP 47; mails are written in English and German, and in English for every other language. */
  locale: string;
  /** The reader's time zone, IANA. */
  timeZone: string;
  audience: MailAudience;
  /** The mode of the tenant; the subject of a sandbox's mail begins with `[sandbox]`. */
  mode: Mode;
  facts: Facts;
}

/** The sender named in mails to the operator, which are the platform's own; other mails are in the partner's name. */
const PLATFORM = 'Partner Platform';

/** Returns a mail: the same facts always make the same mail. */
export function composeMail<Facts extends MailFacts>(input: ComposeMailInput<Facts>): RenderedMail {
  const { template, locale, timeZone, audience, mode, facts } = input;
  const language = languageOf(locale);
  const mail = template[language](facts, mailWriter({ locale, timeZone }));
  const subject = mode === 'sandbox' ? `[sandbox] ${mail.subject}` : mail.subject;
  const sender = audience === 'operator' ? PLATFORM : facts.partnerName;
  return renderMail({ language, mail: { ...mail, subject }, sender });
}
