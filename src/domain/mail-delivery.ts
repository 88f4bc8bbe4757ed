import type { Mode } from './tenant';
import { mailboxOf, normaliseEmail } from './values/email';

/**
 * The receiver of a mail: the person whom its entity belongs to, one of the partner's reviewers, an address to which
 * the partner has its reports sent, or the operator.
 */
export const mailAudiences = ['person', 'reviewer', 'recipient', 'operator'] as const;
export type MailAudience = (typeof mailAudiences)[number];

/** `withhold` keeps the mails of sandboxes in the sandbox; `deliver` sends those that are not for the operator. */
export const sandboxMailSettings = ['withhold', 'deliver'] as const;
export type SandboxMailSetting = (typeof sandboxMailSettings)[number];

/** The state of a sandbox's mail. `delivered` means that the mail server accepted it. */
export const sandboxMailStates = ['withheld', 'delivered', 'undeliverable', 'limited'] as const;
export type SandboxMailState = (typeof sandboxMailStates)[number];

export interface IsWithheldInput {
  mode: Mode;
  setting: SandboxMailSetting;
  audience: MailAudience;
  /** The recipient's address. */
  to: string;
  operatorEmail: string;
  /** The addresses of the partner's reviewers. */
  reviewers: readonly string[];
}

/**
 * True for a mail that stays in its sandbox. Nothing that a sandbox does reaches the operator, and only `deliver` sends
 * to others than the partner's own reviewers. Mails of live tenants are never withheld.
 */
export function isWithheld({ mode, setting, audience, to, operatorEmail, reviewers }: IsWithheldInput): boolean {
  if (mode === 'live') return false;
  if (audience === 'operator') return true;
  if (mailboxOf(to) === mailboxOf(operatorEmail)) return true;
  return setting === 'withhold' && !reviewers.some((address) => normaliseEmail(address) === normaliseEmail(to));
}
