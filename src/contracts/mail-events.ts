import { refusalCodes } from '../domain/mail-refusal';
import type { EntityType } from './entity-types';
import type { EventData, EventSentence } from './event-sentence';

const outcomes = [
  'mail_sent',
  'mail_withheld',
  'mail_limited',
  'mail_skipped',
  'mail_undeliverable',
  'mail_restarted',
  'mail_closed',
] as const;

/** The end of a mail's row, or an operator's decision about it; an event of the entity that the mail is about. */
export type MailOutcome = (typeof outcomes)[number];

/** Returns a mail's name for people: `The mail "approval request" to reviewer 2`. */
export const mailName = ({ template, recipient }: EventData): string => {
  const words = String(template).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `The mail "${words}"${typeof recipient === 'string' ? ` to ${recipient}` : ''}`;
};

const sentences: Record<MailOutcome, EventSentence> = {
  mail_sent: (data) => `${mailName(data)} was sent.`,
  mail_withheld: (data) =>
    `${mailName(data)} was withheld, because this is a sandbox: ` +
    `it can be read for 7 days at GET /sandbox/mails/${String(data.mailId)}.`,
  mail_limited: (data) =>
    `${mailName(data)} was not sent: the limit of ${String(data.perDay)} mails a day (UTC) ` +
    `${data.limit === 'recipient' ? 'to one recipient' : 'of one tenant'} was reached.`,
  mail_skipped: (data) =>
    `${mailName(data)} was not sent: it no longer applies, or its recipient has no verified address.`,
  mail_undeliverable: (data) => {
    const { code, status } = data as { code?: number; status?: string };
    const codes = refusalCodes({ code: code ?? null, status: status ?? null });
    return `${mailName(data)} is undeliverable: the mail server refused it (${codes}).`;
  },
  mail_restarted: (data) => `An operator requested ${lowerFirst(mailName(data))} again; it is being sent.`,
  mail_closed: (data) => `An operator closed ${lowerFirst(mailName(data))}: it is not sent.`,
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Returns the events of the mails about one kind of entity, by their wire names, each with its sentence. */
export const mailEvents = <Type extends EntityType>(entityType: Type) =>
  Object.fromEntries(outcomes.map((outcome) => [`${entityType}.${outcome}`, sentences[outcome]])) as Record<
    `${Type}.${MailOutcome}`,
    EventSentence
  >;
