import { languageTagOf } from '../../domain/values/locale';

/** The messages that a page behind a link in a mail can show. */
export type PageKind =
  | 'valid'
  | 'verified'
  | 'superseded'
  | 'expired'
  | 'sent'
  | 'ended'
  | 'forged'
  | 'resendLimit'
  | 'tooMany'
  | 'rejected'
  | 'unavailable'
  | 'unsubscribe'
  | 'unsubscribed';

interface PageText {
  title: string;
  text: string;
  button?: string;
}

export const pageLanguages = ['en', 'de'] as const;
type PageLanguage = (typeof pageLanguages)[number];

const texts: Record<PageLanguage, Record<PageKind, PageText>> = {
  en: {
    valid: {
      title: 'Confirm your e-mail address',
      text: 'Press the button to confirm that this address is yours.',
      button: 'Confirm address',
    },
    verified: {
      title: 'Your address is confirmed',
      text: 'Thank you. There is nothing more to do; you can close this page.',
    },
    superseded: {
      title: 'There is a newer link',
      text: 'We have since sent you a newer e-mail. Please use the link in that e-mail.',
    },
    expired: {
      title: 'This link has expired',
      text: 'Links are valid for 24 hours. We can send you a new one.',
      button: 'Send a new link',
    },
    sent: {
      title: 'A new link is on its way',
      text: 'Please check your inbox, and use the link in the newest e-mail.',
    },
    ended: {
      title: 'This registration has ended',
      text: 'This link can no longer be used. If you still want to join, please register again.',
    },
    forged: {
      title: 'This link is not valid',
      text: 'Please open the link exactly as it appears in the e-mail; part of it may be missing.',
    },
    resendLimit: {
      title: 'Too many links requested',
      text: 'We send at most five links a day. Please use the newest one, or try again tomorrow.',
    },
    tooMany: { title: 'Too many requests', text: 'Please try again in a minute.' },
    rejected: {
      title: 'This request cannot be processed',
      text: 'Please open the link exactly as it appears in the newest e-mail. Trying again will not help.',
    },
    unavailable: {
      title: 'Please try again in a moment',
      text: 'The service is unavailable right now. Your link stays valid: please reload this page in a moment.',
    },
    unsubscribe: {
      title: 'Unsubscribe from these reports',
      text: 'Press the button, and no further mail about these reports is sent to your address.',
      button: 'Unsubscribe',
    },
    unsubscribed: {
      title: 'You are unsubscribed',
      text: 'No further mail about these reports is sent to your address. You can close this page.',
    },
  },
  de: {
    valid: {
      title: 'E-Mail-Adresse bestätigen',
      text: 'Mit dem Knopf bestätigen Sie, dass diese Adresse Ihnen gehört.',
      button: 'Adresse bestätigen',
    },
    verified: {
      title: 'Ihre Adresse ist bestätigt',
      text: 'Vielen Dank. Hier ist nichts weiter zu tun; Sie können diese Seite schließen.',
    },
    superseded: {
      title: 'Es gibt einen neueren Link',
      text: 'Wir haben Ihnen inzwischen eine neuere Mail geschickt. Bitte benutzen Sie den Link darin.',
    },
    expired: {
      title: 'Dieser Link ist abgelaufen',
      text: 'Links gelten 24 Stunden. Wir können Ihnen einen neuen schicken.',
      button: 'Neuen Link schicken',
    },
    sent: {
      title: 'Ein neuer Link ist unterwegs',
      text: 'Bitte sehen Sie in Ihr Postfach und benutzen Sie den Link in der neuesten Mail.',
    },
    ended: {
      title: 'Diese Anmeldung ist beendet',
      text: 'Der Link führt nirgends mehr hin. Wenn Sie noch teilnehmen möchten, melden Sie sich bitte neu an.',
    },
    forged: {
      title: 'Dieser Link ist nicht gültig',
      text: 'Bitte öffnen Sie den Link genau so, wie er in der Mail steht; vielleicht fehlt ein Teil.',
    },
    resendLimit: {
      title: 'Zu viele Links angefordert',
      text: 'Wir schicken höchstens fünf Links am Tag. Bitte benutzen Sie den neuesten, oder kommen Sie morgen wieder.',
    },
    tooMany: { title: 'Zu viele Anfragen', text: 'Bitte versuchen Sie es in einer Minute noch einmal.' },
    rejected: {
      title: 'Diese Anfrage kann nicht verarbeitet werden',
      text: 'Bitte öffnen Sie den Link genau so, wie er in der neuesten Mail steht. Ein neuer Versuch hilft nicht.',
    },
    unavailable: {
      title: 'Bitte gleich noch einmal versuchen',
      text: 'Der Dienst ist gerade nicht erreichbar. Ihr Link bleibt gültig: Bitte laden Sie die Seite gleich neu.',
    },
    unsubscribe: {
      title: 'Diese Berichte abbestellen',
      text: 'Mit dem Knopf bestellen Sie alle weiteren Mails zu diesen Berichten an Ihre Adresse ab.',
      button: 'Abbestellen',
    },
    unsubscribed: {
      title: 'Sie haben die Berichte abbestellt',
      text: 'An Ihre Adresse geht keine weitere Mail zu diesen Berichten. Sie können diese Seite schließen.',
    },
  },
};

/** Returns the text in the person's language, or in English if there is no translation. */
export function pageText(kind: PageKind, locale: string): PageText & { language: PageLanguage } {
  const language = pageLanguages.find((known) => known === languageTagOf(locale)) ?? 'en';
  return { language, ...texts[language][kind] };
}
