import type { MailTemplateText } from '../mail-text';

export const rejection: MailTemplateText = {
  en: ({ name, partnerName, reason }) => ({
    subject: `Your account with ${partnerName} was not approved`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `${partnerName} has decided not to approve your account.`,
      ...(reason ? [`The reason given: ${reason}`] : []),
      `If you have questions, please turn to ${partnerName}.`,
    ],
  }),
  de: ({ name, partnerName, reason }) => ({
    subject: `Ihr Konto bei ${partnerName} wurde nicht freigegeben`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `${partnerName} hat entschieden, Ihr Konto nicht freizugeben.`,
      ...(reason ? [`Als Grund wurde genannt: ${reason}`] : []),
      `Bei Fragen wenden Sie sich bitte an ${partnerName}.`,
    ],
  }),
};

export const welcome: MailTemplateText = {
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
