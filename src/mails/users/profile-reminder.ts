import type { MailDefinition } from '../mail-definition';
import { loadOnboardingMail, type OnboardingMailFacts } from './load-onboarding-mail';

interface ProfileReminderFacts extends OnboardingMailFacts {
  /** The instant at which the onboarding continues without a profile. */
  until: Date | null;
}

export const profileReminder: MailDefinition<ProfileReminderFacts> = {
  load: (input) => loadOnboardingMail(input, ({ until }) => ({ until })),
  en: ({ name, partnerName, until }, { time }) => ({
    subject: `Please complete your profile with ${partnerName}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your e-mail address is confirmed. To finish, please complete your profile with ${partnerName}.`,
      ...(until ? [`You have until ${time(until)}; after that your account is set up without it.`] : []),
    ],
  }),
  de: ({ name, partnerName, until }, { time }) => ({
    subject: `Bitte vervollständigen Sie Ihr Profil bei ${partnerName}`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre E-Mail-Adresse ist bestätigt. Bitte vervollständigen Sie zum Abschluss Ihr Profil bei ${partnerName}.`,
      ...(until ? [`Sie haben dafür Zeit bis ${time(until)}; danach wird Ihr Konto ohne Profil eingerichtet.`] : []),
    ],
  }),
};
