import { poll } from './poll.ts';

const MAIL_WITHIN_MS = 20_000;

/** The used fields of a mail in MailDev's JSON. */
interface InboxMail {
  subject: string;
  text?: string;
  html?: string;
  to?: { address: string }[];
}

/** Waits for the first mail to an address that `matches`, and returns it. */
export function waitForMail(input: {
  inbox: string;
  to: string;
  what: string;
  matches: (mail: InboxMail) => boolean;
}): Promise<InboxMail> {
  const { inbox, to, what, matches } = input;
  const probe = async (): Promise<InboxMail | null> => {
    const response = await fetch(`${inbox}/email`, { signal: AbortSignal.timeout(5_000) });
    const mails = (await response.json()) as InboxMail[];
    return mails.find((mail) => mail.to?.some(({ address }) => address === to) === true && matches(mail)) ?? null;
  };
  return poll({ what, withinMs: MAIL_WITHIN_MS, probe });
}

/** Returns the verification link of a mail, or null. */
export function verificationLink({ text = '', html = '' }: InboxMail): string | null {
  return /https?:\/\/[^\s"'<>]+\/verify\/[^\s"'<>)]+/.exec(`${text}\n${html}`)?.[0] ?? null;
}
