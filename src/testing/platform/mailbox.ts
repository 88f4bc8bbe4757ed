import { waitFor } from '../wait-for';

export interface ReceivedMail {
  messageId: string;
  subject: string;
  to: string;
  text: string;
  link: string | null;
}

interface MailDevMessage {
  messageId?: string;
  subject: string;
  text?: string;
  to: { address: string }[];
  headers: Record<string, string>;
}

/** Returns the mails at the mail server of the tests, oldest first. */
export async function readMails(webUrl: string, to?: string): Promise<ReceivedMail[]> {
  const response = await fetch(new URL('/email', webUrl));
  const messages = (await response.json()) as MailDevMessage[];
  return messages
    .map(({ messageId, subject, text = '', to: recipients, headers }) => ({
      messageId: messageId ?? headers['message-id'] ?? '',
      subject,
      to: recipients[0]?.address ?? '',
      text,
      link: /https?:\/\/\S+\/verify\/\S+/.exec(text)?.[0] ?? null,
    }))
    .filter((mail) => to === undefined || mail.to === to);
}

/** Returns the newest link sent to an address, once at least `count` mails with a link have arrived. */
export async function newestLink({
  webUrl,
  to,
  count = 1,
}: {
  webUrl: string;
  to: string;
  count?: number;
}): Promise<string> {
  const mails = await waitFor(
    async () => {
      const links = (await readMails(webUrl, to)).filter(({ link }) => link !== null);
      return links.length >= count && links;
    },
    { what: `${count} mail(s) with a link to ${to}` },
  );
  return mails.at(-1)!.link!;
}
