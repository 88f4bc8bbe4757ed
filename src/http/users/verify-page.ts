import { createHash } from 'node:crypto';
import { readVerificationToken } from '../../contracts/users/verification-token';
import { DomainError } from '../../domain/domain-error';
import { firstSupportedLocale } from '../../domain/values/locale';
import { tenantOf } from '../../domain/tenant';
import { hasEnded } from '../../domain/users/onboarding';
import type { Clock } from '../../services/clock';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import type { SendOnboardingCommand } from '../../temporal/commands/users/onboarding-commands';
import type { ShowProblem } from '../replies/respond';
import type { Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';
import { page, type PageInput } from '../pages/page';
import { pageLanguages, type PageKind } from '../pages/page-texts';

export interface VerifyPageHandlersInput {
  database: Database;
  sendOnboardingCommand: SendOnboardingCommand;
  tokenSecret: string;
  basePath: string;
  /** Links expire in the tenant's time. */
  clock: Clock;
}

/** Sending a command waits up to 2 s for its outcome. */
const COMMAND_MS = 3500;

const recipient = { kind: 'recipient', id: null } as const;

type LinkKind = Extract<PageKind, 'valid' | 'verified' | 'superseded' | 'expired' | 'ended' | 'forged'>;
const linkStatus: Record<LinkKind, number> = {
  valid: 200,
  verified: 200,
  superseded: 410,
  expired: 410,
  ended: 410,
  forged: 404,
};

/**
 * Serves the page behind the link in a verification mail, for people without a key. Opening the page changes nothing,
 * because mail scanners follow links. The button does, once however often it is pressed: the command's id is derived
 * from the link.
 */
export function verifyPageHandlers({
  database,
  sendOnboardingCommand,
  tokenSecret,
  basePath,
  clock,
}: VerifyPageHandlersInput): Handlers<'showVerification' | 'confirmVerification' | 'requestNewLink'> {
  const readableLocale = async ({ tenantId, userId, locale }: Onboarding): Promise<string> => {
    const [user, partner] = await Promise.all([
      database.models.users.findOne({ _id: userId, tenantId }, { locale: 1 }).lean(),
      database.models.partners.findById(tenantOf(tenantId).partnerId, { locale: 1 }).lean(),
    ]);
    return firstSupportedLocale([user?.locale ?? locale, partner?.locale ?? 'en'], pageLanguages);
  };

  const find = async (token: string) => {
    const link = readVerificationToken({ secret: tokenSecret, token });
    // Queried by id alone: the token has no tenant, but its signature proves that the id is ours.
    const onboarding = link && (await database.models.onboardings.findOne({ _id: link.onboardingId }).lean());
    const nowMs = onboarding ? (await clock.now(onboarding.tenantId)).getTime() : 0;
    return {
      onboarding: onboarding && { ...onboarding, locale: await readableLocale(onboarding) },
      generation: link?.generation ?? 0,
      kind: linkKindOf({ onboarding, generation: link?.generation ?? 0, nowMs }),
    };
  };

  const show = ({
    kind,
    onboarding,
    token,
    status = linkStatus[kind],
  }: {
    kind: LinkKind;
    onboarding: Onboarding | null;
    token: string;
    status?: number;
  }): Reply => {
    const address = `${basePath}/verify/${encodeURIComponent(token)}`;
    return page({
      kind,
      locale: onboarding?.locale ?? 'en',
      status,
      action: kind === 'expired' ? `${address}/resend` : address,
    });
  };

  return {
    async showVerification({ params: { token } }) {
      const { kind, onboarding } = await find(token);
      return show({ kind, onboarding, token });
    },

    async confirmVerification(call) {
      const { token } = call.params;
      const { kind, onboarding, generation } = await find(token);
      if (kind !== 'valid' || !onboarding) return show({ kind, onboarding, token });
      const { tenantId, _id: onboardingId, locale } = onboarding;
      call.deadline.restart(COMMAND_MS);
      try {
        await sendOnboardingCommand({
          tenantId,
          onboardingId,
          command: 'verifyEmail',
          commandId: commandIdOf('verify', token),
          by: recipient,
          generation,
        });
        return page({ kind: 'verified', locale, status: 200 });
      } catch (error) {
        if (!isRefusal(error)) return pageOfError(error, locale);
        // The onboarding changed between the read and the command: show its current state.
        const now = await find(token);
        return show({ ...now, token, status: now.kind === 'valid' ? 409 : linkStatus[now.kind] });
      }
    },

    async requestNewLink(call) {
      const { token } = call.params;
      const { kind, onboarding } = await find(token);
      if (kind !== 'expired' || !onboarding) return show({ kind, onboarding, token });
      const { tenantId, _id: onboardingId, locale, verification } = onboarding;
      // One new link per expired link, whichever of the older pages requests it and however often.
      const commandId = commandIdOf('resend', `${onboardingId}\0${verification.generation}`);
      call.deadline.restart(COMMAND_MS);
      try {
        await sendOnboardingCommand({
          tenantId,
          onboardingId,
          command: 'resendVerification',
          commandId,
          by: recipient,
        });
        return page({ kind: 'sent', locale, status: 200 });
      } catch (error) {
        if (!isRefusal(error)) return pageOfError(error, locale);
        const now = await find(token);
        return show({ ...now, token, status: now.kind === 'expired' ? 409 : linkStatus[now.kind] });
      }
    },
  };
}

const commandIdOf = (what: string, about: string): string =>
  createHash('sha256').update(`${what}\0${about}`).digest('hex');

/** Returns the state of a link at a given time. */
export function linkKindOf({
  onboarding,
  generation,
  nowMs,
}: {
  onboarding: Pick<Onboarding, 'state' | 'verification'> | null;
  generation: number;
  nowMs: number;
}): LinkKind {
  if (!onboarding) return 'forged';
  const { state, verification } = onboarding;
  if (state === 'compensating' || (hasEnded(state) && state !== 'completed')) return 'ended';
  if (state !== 'accepted' && state !== 'awaiting_verification') return 'verified';
  if (generation > verification.generation) return 'forged';
  // If the newest link has expired too, an older page may request a new one as well.
  if (verification.expiresAt === null || verification.expiresAt.getTime() <= nowMs) return 'expired';
  return generation < verification.generation ? 'superseded' : 'valid';
}

const refusals = ['ILLEGAL_STATE', 'TOKEN_USED', 'TOKEN_EXPIRED', 'TOKEN_SUPERSEDED', 'NOT_FOUND'];
const isRefusal = (error: unknown): boolean => error instanceof DomainError && refusals.includes(error.code);

function pageOfError(error: unknown, locale: string): Reply {
  if (error instanceof DomainError && error.code === 'RESEND_LIMIT')
    return page({ kind: 'resendLimit', locale, status: 429 });
  if (error instanceof DomainError && error.code === 'OUTCOME_PENDING')
    return page({ kind: 'unavailable', locale, status: 503, headers: { 'Retry-After': '1' } });
  throw error;
}

/** Returns the page that shows a problem. Only a temporary problem (503) says "try again"; a rejection does not. */
export const showProblemPage: ShowProblem = ({ request, problem: { status, headers, body } }) => {
  const known: Partial<Record<typeof body.code, Pick<PageInput, 'kind' | 'status'>>> = {
    NOT_FOUND: { kind: 'forged', status: 404 },
    RATE_LIMITED: { kind: 'tooMany', status: 429 },
    INTERNAL: { kind: 'unavailable', status: 503 },
  };
  // The onboarding's language is not known here, so the browser's is used.
  const locale = request.acceptsLanguages('en', 'de') || 'en';
  const shown = known[body.code] ?? { kind: status === 503 ? ('unavailable' as const) : ('rejected' as const), status };
  return page({ ...shown, locale, headers });
};
