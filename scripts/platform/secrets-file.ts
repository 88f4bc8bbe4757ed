import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Secrets that must survive a restart, or the earlier data would be useless. */
export interface PlatformSecrets {
  operatorKey: string;
  tokenSecret: string;
  /** Signs the calls to the simulated gateway, and its webhooks. */
  sandboxWebhookSecret: string;
  /** The demo partner's key; null before its creation. */
  sandboxKey: string | null;
}

/** The file of secrets cannot be used. The message names the file, the fault and the remedy. */
export class SecretsUnusable extends Error {
  constructor(file: string, fault: string) {
    super(
      `${file} ${fault}. Restore it from a copy, or delete it: then new keys are made, the data stays, ` +
        'the demo partner is created again, and open verification links become invalid.',
    );
    this.name = 'SecretsUnusable';
  }
}

/**
 * Reads the secrets of earlier starts, or creates and saves new ones. Those in the environment take precedence, but are
 * not saved here: nothing has judged them yet.
 * @throws SecretsUnusable for a file that is damaged or of another version: it is never overwritten
 */
export function loadSecrets(file: string, env: NodeJS.ProcessEnv): PlatformSecrets {
  const kept = readSecrets(file);
  const secrets: PlatformSecrets = {
    operatorKey: kept.operatorKey || `pk_operator_${base62(40)}`,
    tokenSecret: kept.tokenSecret || randomBytes(32).toString('base64url'),
    sandboxWebhookSecret: kept.sandboxWebhookSecret || `whsec_${randomBytes(32).toString('base64')}`,
    sandboxKey: kept.sandboxKey ?? null,
  };
  saveSecrets(file, secrets);
  return {
    ...secrets,
    ...(env.OPERATOR_KEY ? { operatorKey: env.OPERATOR_KEY } : {}),
    ...(env.TOKEN_SECRET ? { tokenSecret: env.TOKEN_SECRET } : {}),
    ...(env.SANDBOX_WEBHOOK_SECRET ? { sandboxWebhookSecret: env.SANDBOX_WEBHOOK_SECRET } : {}),
  };
}

const FIELDS: Record<keyof PlatformSecrets, true> = {
  operatorKey: true,
  tokenSecret: true,
  sandboxWebhookSecret: true,
  sandboxKey: true,
};

/**
 * Returns the secrets that the file has: all that this version knows, but those added since it was written; none where
 * there is no file. Writes nothing.
 * @throws SecretsUnusable for a file that is damaged or of another version
 */
export function readSecrets(file: string): Partial<PlatformSecrets> {
  if (!existsSync(file)) return {};
  const text = readFileSync(file, 'utf8');
  if (text.trim() === '') throw new SecretsUnusable(file, 'is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SecretsUnusable(file, 'is damaged: it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SecretsUnusable(file, 'is damaged: it is not a JSON object');
  for (const [name, secret] of Object.entries(value)) {
    if (!Object.hasOwn(FIELDS, name))
      throw new SecretsUnusable(file, `is of another version: it has the unknown field ${JSON.stringify(name)}`);
    const isText = typeof secret === 'string' && secret !== '';
    if (!isText && !(name === 'sandboxKey' && secret === null))
      throw new SecretsUnusable(file, `is damaged: ${name} is not a text`);
  }
  return value;
}

export const saveSecrets = (file: string, secrets: PlatformSecrets): void => writePrivately(file, secrets);

/** Writes JSON that only its owner can read, whole or not at all. */
export function writePrivately(file: string, content: unknown): void {
  const draft = `${file}.draft-${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

const base62 = (length: number): string => Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('');
