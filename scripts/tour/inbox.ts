import type { RestClient } from '../platform/rest-client.ts';
import { poll } from './poll.ts';

const MAIL_WITHIN_MS = 20_000;

/**
 * Waits for a mail with a verification link to an address, among the mails that the sandbox keeps whether they were
 * sent or not. Returns the link.
 */
export function waitForLink({ api, to }: { api: RestClient; to: string }): Promise<string> {
  const probe = async (): Promise<string | null> => {
    const { items } = await api.call({ method: 'GET', path: `/sandbox/mails?to=${encodeURIComponent(to)}` });
    const links = (items as { text: string }[]).map(({ text }) => /https?:\/\/\S+\/verify\/\S+/.exec(text)?.[0]);
    return links.find((link) => link !== undefined) ?? null;
  };
  return poll({ what: 'A mail with a verification link', withinMs: MAIL_WITHIN_MS, probe });
}
