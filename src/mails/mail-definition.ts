import type { MailRequest } from '../contracts/outbox';
import type { ReportMails } from '../contracts/reports/delivery';
import type { Models } from '../models/define-models';
import type { User } from '../models/users/user';
import type { MailText, MailWriter } from './mail-text';

/** The facts that every mail has: a mail ends with its sender's name. */
export interface MailFacts {
  partnerName: string;
}

export interface LoadMailInput {
  models: Models;
  tenantId: string;
  /** The entity that the mail is about. */
  entityId: string;
  mail: MailRequest;
  /** The tenant's business time: the mail is composed now. */
  at: Date;
  /** Base URL of the api for the recipient's browser, such as `https://api.example.com`. */
  publicUrl: string;
  /** Signs the links of verification mails. */
  verificationSecret: string;
  reportMails: ReportMails;
}

export interface LoadedMail<Facts extends MailFacts = MailFacts> {
  /** The recipient's address. */
  to: string;
  /** The user whose address it is; null for a reviewer or the operator. */
  user: User | null;
  /** The reader's locale, BCP 47. */
  locale: string;
  /** The reader's time zone, IANA. */
  timeZone: string;
  facts: Facts;
  /** Headers of this mail alone. */
  headers?: Record<string, string>;
  attachments?: readonly MailAttachment[];
}

export interface MailAttachment {
  filename: string;
  contentType: string;
  content: Buffer;
}

/**
 * A template: its own facts, the function that loads them, and its text in each language. The languages are methods, so
 * that templates with different facts fit into one registry.
 */
export interface MailDefinition<Facts extends MailFacts = MailFacts> {
  /** True for the mails by which a user verifies the address. No other mail goes to an address before. */
  verifiesAddress?: boolean;
  /** Returns the reader, and the facts as MongoDB has them now; null where the mail is no longer wanted. */
  load(input: LoadMailInput): Promise<LoadedMail<Facts> | null>;
  en(facts: Facts, write: MailWriter): MailText;
  de(facts: Facts, write: MailWriter): MailText;
}
