import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Secrets that must survive a restart, or the earlier data would be useless. */
export interface PlatformSecrets {
  operatorKey: string;
  tokenSecret: string;
  /** Signs the webhooks of the simulated gateway. */
  sandboxWebhookSecret: string;
  /** The demo partner's key; null before its creation. */
  sandboxKey: string | null;
}

/** Reads the secrets of earlier starts or creates new ones. Secrets in the environment take precedence. */
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

/** Writes JSON that only its owner can read, whole or not at all. */
export function writePrivately(file: string, content: unknown): void {
  const draft = `${file}.draft-${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

const base62 = (length: number): string => Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('');
