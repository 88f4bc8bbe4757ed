import type { MailRequest } from '../../contracts/outbox';
import { signVerificationToken } from '../../contracts/users/verification-token';
import { publicAddress } from '../../domain/values/public-address';
import type { LoadedMail, LoadMailInput, MailDefinition } from '../mail-definition';
import type { MailText, MailWriter } from '../mail-text';
import { loadOnboardingMail, type OnboardingMailFacts } from './load-onboarding-mail';

interface VerificationFacts extends OnboardingMailFacts {
  /** The page behind the mail's button. */
  link: string;
  /** The link is invalid from this instant on. */
  until: Date | null;
}

export const verification: MailDefinition<VerificationFacts> = {
  verifiesAddress: true,
  load: loadLink,
  en: (facts, write) => ({
    ...english(facts),
    subject: `Please confirm your e-mail address for ${facts.partnerName}`,
    paragraphs: [
      `${facts.partnerName} has set up an account for you. Please confirm that this is your e-mail address.`,
      ...validEnglish(facts, write),
    ],
  }),
  de: (facts, write) => ({
    ...german(facts),
    subject: `Bitte bestätigen Sie Ihre E-Mail-Adresse für ${facts.partnerName}`,
    paragraphs: [
      `${facts.partnerName} hat ein Konto für Sie angelegt. Bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist.`,
      ...validGerman(facts, write),
    ],
  }),
};

export const verificationReminder: MailDefinition<VerificationFacts> = {
  verifiesAddress: true,
  load: loadLink,
  en: (facts, write) => ({
    ...english(facts),
    subject: `Reminder: please confirm your e-mail address for ${facts.partnerName}`,
    paragraphs: [
      `Your account with ${facts.partnerName} still waits for you to confirm your e-mail address. ` +
        'Here is a fresh link; earlier ones no longer work.',
      ...validEnglish(facts, write),
    ],
  }),
  de: (facts, write) => ({
    ...german(facts),
    subject: `Erinnerung: Bitte bestätigen Sie Ihre E-Mail-Adresse für ${facts.partnerName}`,
    paragraphs: [
      `Ihr Konto bei ${facts.partnerName} wartet noch auf die Bestätigung Ihrer E-Mail-Adresse. ` +
        'Hier ist ein neuer Link; frühere gelten nicht mehr.',
      ...validGerman(facts, write),
    ],
  }),
};

/**
 * Returns null once a newer link exists or the onboarding no longer waits for this one: the link would only lead to a
 * page that says so.
 * @throws TypeError for a mail without `data.generation`, the number of the link
 */
async function loadLink(input: LoadMailInput): Promise<LoadedMail<VerificationFacts> | null> {
  const { entityId: onboardingId, mail, publicUrl, verificationSecret: secret } = input;
  const generation = generationOf(mail.data);
  const token = signVerificationToken({ secret, onboardingId, generation });
  const link = publicAddress({ publicUrl, path: `verify/${token}` });
  return loadOnboardingMail(input, ({ state, verification: newest }) => {
    const isDead = state !== 'awaiting_verification' || newest.generation > generation;
    return isDead ? null : { link, until: newest.expiresAt };
  });
}

function generationOf({ generation }: MailRequest['data']): number {
  if (typeof generation !== 'number')
    throw new TypeError('A mail with a link needs data.generation, the number of the link');
  return generation;
}

const validEnglish = ({ until }: VerificationFacts, { time }: MailWriter) =>
  until ? [`The link is valid until ${time(until)} and can be used once.`] : [];
const validGerman = ({ until }: VerificationFacts, { time }: MailWriter) =>
  until ? [`Der Link gilt bis ${time(until)} und kann einmal benutzt werden.`] : [];

function english({ name, link }: VerificationFacts): Pick<MailText, 'greeting' | 'button' | 'footnote'> {
  return {
    greeting: `Hello ${name},`,
    button: { label: 'Confirm e-mail address', url: link },
    footnote: 'If you did not expect this mail, ignore it: without the confirmation nothing happens.',
  };
}

function german({ name, link }: VerificationFacts): Pick<MailText, 'greeting' | 'button' | 'footnote'> {
  return {
    greeting: `Guten Tag ${name},`,
    button: { label: 'E-Mail-Adresse bestätigen', url: link },
    footnote:
      'Falls Sie diese Mail nicht erwartet haben, beachten Sie sie nicht: Ohne die Bestätigung geschieht nichts.',
  };
}
