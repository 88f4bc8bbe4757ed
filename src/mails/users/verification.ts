import type { MailFacts, MailTemplateText, MailText } from '../mail-text';

export const verification: MailTemplateText = {
  en: (facts) => ({
    ...english(facts),
    subject: `Please confirm your e-mail address for ${facts.partnerName}`,
    paragraphs: [
      `${facts.partnerName} has set up an account for you. Please confirm that this is your e-mail address.`,
      ...validEnglish(facts),
    ],
  }),
  de: (facts) => ({
    ...german(facts),
    subject: `Bitte bestätigen Sie Ihre E-Mail-Adresse für ${facts.partnerName}`,
    paragraphs: [
      `${facts.partnerName} hat ein Konto für Sie angelegt. Bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist.`,
      ...validGerman(facts),
    ],
  }),
};

export const verificationReminder: MailTemplateText = {
  en: (facts) => ({
    ...english(facts),
    subject: `Reminder: please confirm your e-mail address for ${facts.partnerName}`,
    paragraphs: [
      `Your account with ${facts.partnerName} still waits for you to confirm your e-mail address. Here is a fresh link; earlier ones no longer work.`,
      ...validEnglish(facts),
    ],
  }),
  de: (facts) => ({
    ...german(facts),
    subject: `Erinnerung: Bitte bestätigen Sie Ihre E-Mail-Adresse für ${facts.partnerName}`,
    paragraphs: [
      `Ihr Konto bei ${facts.partnerName} wartet noch auf die Bestätigung Ihrer E-Mail-Adresse. Hier ist ein neuer Link; frühere gelten nicht mehr.`,
      ...validGerman(facts),
    ],
  }),
};

const validEnglish = ({ until, time }: MailFacts) =>
  until ? [`The link is valid until ${time(until)} and can be used once.`] : [];
const validGerman = ({ until, time }: MailFacts) =>
  until ? [`Der Link gilt bis ${time(until)} und kann einmal benutzt werden.`] : [];

function english({ name, link }: MailFacts): Pick<MailText, 'greeting' | 'button' | 'footnote'> {
  return {
    greeting: `Hello ${name},`,
    ...(link ? { button: { label: 'Confirm e-mail address', url: link } } : {}),
    footnote: 'If you did not expect this mail, ignore it: without the confirmation nothing happens.',
  };
}

function german({ name, link }: MailFacts): Pick<MailText, 'greeting' | 'button' | 'footnote'> {
  return {
    greeting: `Guten Tag ${name},`,
    ...(link ? { button: { label: 'E-Mail-Adresse bestätigen', url: link } } : {}),
    footnote:
      'Falls Sie diese Mail nicht erwartet haben, beachten Sie sie nicht: Ohne die Bestätigung geschieht nichts.',
  };
}
