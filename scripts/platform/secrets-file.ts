import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What has to be the same after a restart for the earlier data to be of use. */
export interface PlatformSecrets {
  operatorKey: string;
  tokenSecret: string;
  /** Signs the webhooks of the simulated gateway. */
  sandboxWebhookSecret: string;
  /** The demo partner's key; null until it was made. */
  sandboxKey: string | null;
}

/** Reads the secrets of earlier starts or makes new ones. Those in the environment go first. */
export function loadSecrets(file: string, env: NodeJS.ProcessEnv): PlatformSecrets {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PlatformSecrets) : null;
  const secrets: PlatformSecrets = {
    operatorKey: env.OPERATOR_KEY || kept?.operatorKey || `pk_operator_${base62(40)}`,
    tokenSecret: env.TOKEN_SECRET || kept?.tokenSecret || randomBytes(32).toString('base64url'),
    sandboxWebhookSecret:
      env.SANDBOX_WEBHOOK_SECRET || kept?.sandboxWebhookSecret || `whsec_${randomBytes(32).toString('base64')}`,
    sandboxKey: kept?.sandboxKey ?? null,
  };
  saveSecrets(file, secrets);
  return secrets;
}

export const saveSecrets = (file: string, secrets: PlatformSecrets): void => writePrivately(file, secrets);

/** As JSON, readable by its owner only, whole or not at all. */
export function writePrivately(file: string, content: unknown): void {
  const draft = `${file}.draft-${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

const base62 = (length: number): string => Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('');
