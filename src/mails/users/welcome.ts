import type { LoadMailInput, MailDefinition } from '../mail-definition';
import { loadOnboardingMail, type OnboardingMailFacts } from './load-onboarding-mail';

interface WelcomeFacts extends OnboardingMailFacts {
  /** The code of the welcome package; null for a user without one. */
  entitlementCode: string | null;
}

export const welcome: MailDefinition<WelcomeFacts> = {
  load: (input) => loadOnboardingMail(input, async () => ({ entitlementCode: await findEntitlementCode(input) })),
  en: ({ name, partnerName, entitlementCode }) => ({
    subject: `Welcome to ${partnerName}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Welcome! Your account with ${partnerName} is active.`,
      ...(entitlementCode ? [`Your welcome package is ready. Its code: ${entitlementCode}`] : []),
    ],
  }),
  de: ({ name, partnerName, entitlementCode }) => ({
    subject: `Willkommen bei ${partnerName}`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Herzlich willkommen! Ihr Konto bei ${partnerName} ist aktiv.`,
      ...(entitlementCode ? [`Ihr Willkommenspaket liegt bereit. Der Code: ${entitlementCode}`] : []),
    ],
  }),
};

async function findEntitlementCode({ models, tenantId, entityId }: LoadMailInput): Promise<string | null> {
  const entitlement = await models.entitlements
    .findOne({ tenantId, onboardingId: entityId, state: 'active' }, { code: 1 })
    .lean();
  return entitlement?.code ?? null;
}
