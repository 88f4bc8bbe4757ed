import { createTransport } from 'nodemailer';
import type { MailRefusal } from '../../domain/mail-refusal';

export interface MailMessage {
  /** The same for one mail for ever, without angle brackets: a mail that is sent twice still counts as one mail. */
  messageId: string;
  to: string;
  /** Defaults to the mailer's own address. */
  from?: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  attachments?: readonly { filename: string; contentType: string; content: Buffer }[];
}

export interface Mailer {
  /**
   * Resolves when the server has accepted the mail.
   * @throws MailerUnavailable when the server is down or refuses our login: send the mail again later.
   * @throws MailRefused when the server refuses this mail.
   */
  send(message: MailMessage): Promise<void>;
  /** Resolves when the server responds and accepts our login. */
  verify(): Promise<void>;
  close(): void;
}

/** The mail server is down, overloaded or refuses our login; the mail itself is not at fault. */
export class MailerUnavailable extends Error {
  override readonly name = 'MailerUnavailable';
}

/** The mail server refused this mail. The text contains no address. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  readonly code: MailRefusal['code'];
  readonly status: MailRefusal['status'];
  /**
   * True for a reply that will stay the same (5yz, RFC 5321 §4.2.1) about the recipient or the content. A refusal of
   * our own address at MAIL FROM is a fault of the configuration, and no statement about the mail.
   */
  readonly isFinal: boolean;
  /** True for a refusal of the recipient, not of what was sent. */
  readonly atRecipient: boolean;

  constructor(
    message: string,
    { code, status, isFinal, atRecipient }: MailRefusal & Pick<MailRefused, 'isFinal' | 'atRecipient'>,
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.isFinal = isFinal;
    this.atRecipient = atRecipient;
  }
}

export interface CreateMailerInput {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  smtpUrl: string;
  from: string;
  maxConnections?: number;
}

/** Returns a pooled SMTP client; no wait is longer than 10 s, so a frozen server causes `MailerUnavailable`. */
export function createMailer({ smtpUrl, from, maxConnections = 5 }: CreateMailerInput): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    socketTimeout: 10_000,
    dnsTimeout: 5000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ messageId, attachments = [], ...message }) {
      try {
        await transport.sendMail({ from, ...message, attachments: [...attachments], messageId: `<${messageId}>` });
      } catch (error) {
        throw toMailerError(error as SmtpError);
      }
    },
    async verify() {
      try {
        await transport.verify();
      } catch (error) {
        throw toMailerError(error as SmtpError);
      }
    },
    close: () => transport.close(),
  };
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  /** The server's last reply. */
  response?: string;
  command?: string;
}

/**
 * Nodemailer's codes for an envelope or a message that was refused; every other code is about the connection or the
 * login.
 */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);
/**
 * 421: closing for now; 530: log in first. Servers send both at any stage, about the connection or our login, not about
 * the mail. RFC 5321 §4.2.3, RFC 4954 §6.
 */
const ABOUT_US = new Set([421, 530]);

/** A reply with an enhanced status code: `550 5.1.1 …`, RFC 2034 §4. */
const STATUS = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

/** Converts an SMTP error. A refusal omits the server's own text, which repeats the address. */
function toMailerError(error: SmtpError): MailerUnavailable | MailRefused {
  const { code = error.name, responseCode, response = '', command = 'sending' } = error;
  const aboutTheMail = ABOUT_THE_MAIL.has(code) && !ABOUT_US.has(responseCode ?? 0);
  if (!aboutTheMail)
    return new MailerUnavailable(`The mail server is not available (${responseCode ?? code})`, { cause: error });
  if (responseCode === undefined)
    return new MailRefused('The mail cannot be sent as it is: its recipient or its content is not valid', {
      code: null,
      status: null,
      isFinal: true,
      atRecipient: code === 'EENVELOPE',
    });
  const status = STATUS.exec(response)?.[1] ?? null;
  // A recipient refused by policy (RFC 3463 §3.8: no relaying, DMARC) says something about us, not about the mail.
  const isAboutUs = command === 'MAIL FROM' || (command === 'RCPT TO' && status?.startsWith('5.7.') === true);
  const isFinal = responseCode >= 500 && !isAboutUs;
  return new MailRefused(`The mail server refused the mail with ${responseCode} at ${command}`, {
    code: responseCode,
    status,
    isFinal,
    atRecipient: command === 'RCPT TO',
  });
}
