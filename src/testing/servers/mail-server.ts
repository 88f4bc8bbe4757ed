import { SMTPServer } from 'smtp-server';
import { freePort } from '../../../scripts/embedded/ports';

/** The commands at which an SMTP server may refuse a mail; at `DATA` it has seen the whole mail. */
export type SmtpStage = 'MAIL FROM' | 'RCPT TO' | 'DATA';

export interface SmtpRefusal {
  stage: SmtpStage;
  /** The reply's code, such as 550. */
  code: number;
  /** The reply's text. Defaults to one that repeats the address, as servers do. */
  text?: string;
}

export interface AcceptedMail {
  to: string[];
  /** Headers and body as they were sent. */
  raw: string;
}

export interface MailServer {
  smtpUrl: string;
  /** The mails that the server has accepted, oldest first. */
  accepted: AcceptedMail[];
  /** Recipients whose mail was offered, refused ones included. */
  offered: string[];
  /** Refuses the mails to one address, or to all; null accepts them again. */
  refuse(refusal: SmtpRefusal | null, address?: string): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an SMTP server that refuses mails of the test's choice. Its address stays the same over stop and start. */
export async function openMailServer(): Promise<MailServer> {
  const port = await freePort();
  const accepted: AcceptedMail[] = [];
  const offered: string[] = [];
  const refusals = new Map<string, SmtpRefusal | null>();
  let running: SMTPServer | null = null;

  const refusalAt = (stage: SmtpStage, address: string): Error | null => {
    const refusal = refusals.get(address) ?? refusals.get('*');
    if (refusal?.stage !== stage) return null;
    return Object.assign(new Error(refusal.text ?? `No mailbox ${address}`), { responseCode: refusal.code });
  };
  const start = async (): Promise<void> => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      closeTimeout: 50,
      onMailFrom: ({ address }, _session, callback) => callback(refusalAt('MAIL FROM', address)),
      onRcptTo({ address }, _session, callback) {
        offered.push(address);
        callback(refusalAt('RCPT TO', address));
      },
      onData(stream, session, callback) {
        const to = session.envelope.rcptTo.map(({ address }: { address: string }) => address);
        let raw = '';
        stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
        stream.on('end', () => {
          const refusal = refusalAt('DATA', to[0] ?? '');
          if (!refusal) accepted.push({ to, raw });
          callback(refusal);
        });
      },
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    running = server;
  };
  await start();
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    accepted,
    offered,
    refuse: (refusal, address = '*') => void refusals.set(address, refusal),
    start,
    async stop() {
      const stopping = running;
      running = null;
      if (stopping) await new Promise<void>((resolve) => stopping.close(() => resolve()));
    },
  };
}
