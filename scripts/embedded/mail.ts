import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from './managed-process.ts';
import { LOOPBACK } from './ports.ts';
import {
  firstAnswer,
  requireReachable,
  startOnFreePorts,
  type PrepareServerInput,
  type RunningServer,
} from './server.ts';

const PREFERRED_SMTP_PORT = 1025;
const PREFERRED_WEB_PORT = 1080;

export interface MailAddresses {
  smtpUrl: string;
  /** Web page of the inbox, with its JSON at `/email`. Null for an external mail server without MAIL_WEB_URL. */
  webUrl: string | null;
}

/**
 * Starts a local inbox (MailDev, from the project's own dependencies), which accepts every mail, delivers none and
 * keeps them in a folder.
 */
export async function startMail(input: PrepareServerInput): Promise<RunningServer<MailAddresses>> {
  const { context, folder } = input;
  const given = context.env.SMTP_URL;
  if (given) {
    const { hostname, port } = new URL(given);
    await requireReachable('SMTP_URL', () => firstAnswer({ host: hostname, port: Number(port || 25) }));
    return {
      addresses: { smtpUrl: given, webUrl: context.env.MAIL_WEB_URL || null },
      label: 'from SMTP_URL',
      process: null,
    };
  }
  const mails = join(folder, 'mail');
  mkdirSync(mails, { recursive: true });
  const program = join(context.root, 'node_modules', 'maildev', 'bin', 'maildev');
  const create = ([smtp = 0, web = 0]: number[]): ManagedProcess =>
    new ManagedProcess({
      name: 'mail',
      folder,
      command: process.execPath,
      args: [
        program,
        '--ip',
        LOOPBACK,
        '--web-ip',
        LOOPBACK,
        '--smtp',
        String(smtp),
        '--web',
        String(web),
        '--mail-directory',
        mails,
      ],
      probe: () => requireInbox(smtp, web),
      readyWithinMs: 30_000,
      graceMs: 5_000,
    });
  const started = await startOnFreePorts({
    input,
    name: 'Mail',
    preferred: [PREFERRED_SMTP_PORT, PREFERRED_WEB_PORT],
    create,
  });
  const [smtp = 0, web = 0] = started.ports;
  return {
    addresses: { smtpUrl: `smtp://${LOOPBACK}:${smtp}`, webUrl: `http://${LOOPBACK}:${web}` },
    label: 'MailDev (own dependency)',
    process: started.process,
  };
}

async function requireInbox(smtp: number, web: number): Promise<void> {
  const greeting = await firstAnswer({ port: smtp });
  if (!greeting.startsWith('220')) throw new Error(`SMTP greets with "${greeting.trim()}"`);
  const { ok, status } = await fetch(`http://${LOOPBACK}:${web}/email`, { signal: AbortSignal.timeout(2_000) });
  if (!ok) throw new Error(`/email returns ${status}`);
}
