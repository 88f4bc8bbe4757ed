import type { MailFacts, MailTemplateText } from '../mail-text';

export const trialEnding: MailTemplateText = {
  en: (facts) => ({
    ...english(facts),
    subject: `Your trial with ${facts.partnerName} ends soon`,
    paragraphs: [
      `Your trial of ${planOf(facts, 'your subscription')} ends${facts.until ? ` on ${facts.time(facts.until)}` : ' soon'}.`,
      ...(facts.subscription
        ? [`Then ${facts.subscription.amount} will be charged. If you do not want to go on, cancel before.`]
        : []),
    ],
  }),
  de: (facts) => ({
    ...german(facts),
    subject: `Ihre Probezeit bei ${facts.partnerName} endet bald`,
    paragraphs: [
      `Ihre Probezeit für ${planOf(facts, 'Ihr Abonnement')} endet${facts.until ? ` am ${facts.time(facts.until)}` : ' bald'}.`,
      ...(facts.subscription
        ? [
            `Dann werden ${facts.subscription.amount} abgebucht. Wenn Sie nicht weitermachen möchten, kündigen Sie vorher.`,
          ]
        : []),
    ],
  }),
};

export const renewalFailed: MailTemplateText = {
  en: (facts) => ({
    ...english(facts),
    subject: `Your payment to ${facts.partnerName} failed`,
    paragraphs: [
      `We could not charge ${amountOf(facts, 'the amount due')} for ${planOf(facts, 'your subscription')}.`,
      ...(facts.until
        ? [`We will try again on ${facts.time(facts.until)}. With another payment method it is charged at once.`]
        : ['Please use another payment method: it is charged at once.']),
    ],
  }),
  de: (facts) => ({
    ...german(facts),
    subject: `Ihre Zahlung an ${facts.partnerName} ist fehlgeschlagen`,
    paragraphs: [
      `Wir konnten ${amountOf(facts, 'den fälligen Betrag')} für ${planOf(facts, 'Ihr Abonnement')} nicht abbuchen.`,
      ...(facts.until
        ? [
            `Wir versuchen es am ${facts.time(facts.until)} noch einmal. Mit einem anderen Zahlungsmittel wird sofort abgebucht.`,
          ]
        : ['Bitte hinterlegen Sie ein anderes Zahlungsmittel: Damit wird sofort abgebucht.']),
    ],
  }),
};

export const subscriptionUnpaid: MailTemplateText = {
  en: (facts) => ({
    ...english(facts),
    subject: `Your subscription with ${facts.partnerName} is on hold`,
    paragraphs: [
      `${amountOf(facts, 'The amount due')} for ${planOf(facts, 'your subscription')} is still not paid, and we will not try again by ourselves. The service is on hold.`,
      `With another payment method it goes on at once.${facts.until ? ` Otherwise the subscription ends on ${facts.time(facts.until)}.` : ''}`,
    ],
  }),
  de: (facts) => ({
    ...german(facts),
    subject: `Ihr Abonnement bei ${facts.partnerName} ruht`,
    paragraphs: [
      `${amountOf(facts, 'Der fällige Betrag')} für ${planOf(facts, 'Ihr Abonnement')} ist noch offen, und wir versuchen nicht weiter, ihn abzubuchen. Die Leistung ruht.`,
      `Mit einem anderen Zahlungsmittel geht es sofort weiter.${facts.until ? ` Andernfalls endet das Abonnement am ${facts.time(facts.until)}.` : ''}`,
    ],
  }),
};

export const subscriptionCancelled: MailTemplateText = {
  en: (facts) => ({
    ...english(facts),
    subject: `Your subscription with ${facts.partnerName} has ended`,
    paragraphs: [
      `The subscription ${planOf(facts, '')} with ${facts.partnerName} has ended; nothing more will be charged.`.replace(
        '  ',
        ' ',
      ),
      ...(isGivenBack(facts)
        ? [`For the time that was paid and not used, ${amountOf(facts, '')} will be given back.`]
        : []),
    ],
  }),
  de: (facts) => ({
    ...german(facts),
    subject: `Ihr Abonnement bei ${facts.partnerName} ist beendet`,
    paragraphs: [
      `Das Abonnement ${planOf(facts, '')} bei ${facts.partnerName} ist beendet; es wird nichts mehr abgebucht.`.replace(
        '  ',
        ' ',
      ),
      ...(isGivenBack(facts)
        ? [`Für die bezahlte und nicht genutzte Zeit werden ${amountOf(facts, '')} erstattet.`]
        : []),
    ],
  }),
};

const english = ({ name }: MailFacts) => ({ greeting: `Hello ${name},` });
const german = ({ name }: MailFacts) => ({ greeting: `Guten Tag ${name},` });
const planOf = ({ subscription }: MailFacts, otherwise: string): string => subscription?.planName ?? otherwise;
const isGivenBack = ({ subscription }: MailFacts): boolean => subscription !== undefined && !subscription.isNothing;
const amountOf = ({ subscription }: MailFacts, otherwise: string): string => subscription?.amount ?? otherwise;
