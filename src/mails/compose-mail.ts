import type { MailDefinition, MailFacts } from './mail-definition';
import { languageOf, mailWriter } from './mail-text';
import { renderMail, type RenderedMail } from './render-mail';

export interface ComposeMailInput<Facts extends MailFacts> {
  template: MailDefinition<Facts>;
  /** The reader's locale, BCP 47; mails are written in English and German, and in English for every other language. */
  locale: string;
  /** The reader's time zone, IANA. */
  timeZone: string;
  facts: Facts;
}

/** Returns a mail: the same facts always make the same mail. */
export function composeMail<Facts extends MailFacts>(input: ComposeMailInput<Facts>): RenderedMail {
  const { template, locale, timeZone, facts } = input;
  const language = languageOf(locale);
  const mail = template[language](facts, mailWriter({ locale, timeZone }));
  return renderMail({ language, mail, sender: facts.partnerName });
}
