import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../../domain/ids';

export interface VerificationLink {
  onboardingId: string;
  /** The number of the link; only the newest link works. */
  generation: number;
}

const FORM = /^([a-z]+_[0-9a-z]+)\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})$/;

const signatureOf = (secret: string, { onboardingId, generation }: VerificationLink): Buffer =>
  createHmac('sha256', secret).update(`verify-email\0${onboardingId}\0${generation}`).digest();

/**
 * Returns the token for a verification link: `<onboardingId>.<generation>.<base64url HMAC-SHA256>`. The same input
 * gives the same token, so a mail can be sent again after a crash with the same link, and nothing secret is stored.
 */
export function signVerificationToken({ secret, ...link }: VerificationLink & { secret: string }): string {
  return `${link.onboardingId}.${link.generation}.${signatureOf(secret, link).toString('base64url')}`;
}

/** Returns the content of a token, or null when the signature is not ours. The link itself may have expired. */
export function readVerificationToken({ secret, token }: { secret: string; token: string }): VerificationLink | null {
  const [, onboardingId = '', generation = '', signature = ''] = FORM.exec(token) ?? [];
  const link = { onboardingId, generation: Number(generation) };
  // The comparison takes constant time. The spelling must be canonical, or 4 tokens would have the same signature.
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(secret, link);
  const genuine =
    given.length === expected.length && timingSafeEqual(given, expected) && given.toString('base64url') === signature;
  return genuine && isId('onboarding', onboardingId) ? link : null;
}
