import type { DeliveredReport } from '../../contracts/reports/delivery';
import { attachable } from '../../domain/reports/delivery/mail-size';
import { tenantOf } from '../../domain/tenant';
import type { Partner } from '../../models/partners/partner';
import { composeMail } from '../compose-mail';
import type { LoadedMail, LoadMailInput, MailAttachment, MailDefinition, MailFacts } from '../mail-definition';
import { localeToWriteIn, type Language, type MailText } from '../mail-text';
import { withoutLinks } from '../typed-text';
import { sectionsOf } from './report-sections';
import { unsubscribeHeaders } from './unsubscribe-headers';
import { windowName } from './window-name';

/** Why a file that the recipient wants does not come with the mail. */
interface MissingFile {
  name: string;
  why: 'large' | 'damaged';
}

interface ReportReadyFacts extends MailFacts {
  reports: readonly DeliveredReport[];
  linksUntil: Date;
  unsubscribeUrl: string;
  isTest: boolean;
  missing: readonly MissingFile[];
}

/** Returns the figures of the reports, links to their files, and the files that fit; null where none is wanted. */
async function load(input: LoadMailInput): Promise<LoadedMail<ReportReadyFacts> | null> {
  const { models, tenantId, mail, reportMails } = input;
  const delivery = await reportMails.deliveryOf(input);
  if (!delivery || mail.to === null) return null;
  const partner = await models.partners.findById(tenantOf(tenantId).partnerId).lean().orFail();
  const { reports, unsubscribeUrl } = delivery;
  const loaded = {
    to: mail.to,
    user: null,
    locale: localeToWriteIn(partner, partner),
    timeZone: partner.timeZone,
    facts: { partnerName: partner.name, ...delivery, missing: [] },
    headers: unsubscribeHeaders(unsubscribeUrl),
  };
  const { attachments, missing } = await filesOf({ ...input, partner, reports, loaded });
  return { ...loaded, facts: { ...loaded.facts, missing }, attachments };
}

interface FilesOfInput extends LoadMailInput {
  partner: Partner;
  reports: readonly DeliveredReport[];
  loaded: LoadedMail<ReportReadyFacts>;
}

/** Reads the files that fit, so that a damaged one is known before the mail is begun. */
async function filesOf({ tenantId, mail, reports, loaded }: FilesOfInput) {
  const files = reports.map(({ file }) => file).filter((file) => file !== null);
  // The longest text: no file comes with it, and each is named.
  const without = files.map(({ name }) => ({ name, why: 'damaged' as const }));
  const { locale, timeZone, facts } = loaded;
  const { text, html } = composeMail({
    template: reportReady,
    locale,
    timeZone,
    audience: mail.audience,
    mode: tenantOf(tenantId).mode,
    facts: { ...facts, missing: without },
  });
  const fits = attachable({ texts: [text, html], files });
  const attachments: MailAttachment[] = [];
  const missing: MissingFile[] = [];
  for (const [index, file] of files.entries()) {
    const { name, mediaType } = file;
    const content = fits[index] ? await file.read() : null;
    if (content) attachments.push({ filename: name, contentType: mediaType, content });
    else missing.push({ name, why: fits[index] ? 'damaged' : 'large' });
  }
  return { attachments, missing };
}

/** Sent to each recipient of a report once it is completed; one mail for all that are delivered together. */
export const reportReady: MailDefinition<ReportReadyFacts> = {
  load,
  en: (facts, write) => ({
    ...shared(facts, 'en', 'Unsubscribe from these mails'),
    subject: `${facts.partnerName}: ${subjectOf(facts, 'en', 'reports')}`,
    greeting: 'Hello,',
    paragraphs: [
      facts.reports.length === 1
        ? `This report of ${withoutLinks(facts.partnerName)} is ready.`
        : `These ${facts.reports.length} reports of ${withoutLinks(facts.partnerName)} are ready.`,
      ...(facts.isTest ? ['This mail is a test: it was sent to see what the recipients of the schedule get.'] : []),
      `The links work until ${write.time(facts.linksUntil)}, for everybody who has them.`,
      ...facts.missing.map(({ name, why }) =>
        why === 'large'
          ? `${name} is not attached, because the mail would be too large to arrive. Use the link.`
          : `${name} is not attached, because the file could not be read. Please ask for the report to be made again.`,
      ),
    ],
  }),
  de: (facts, write) => ({
    ...shared(facts, 'de', 'Diese Mails abbestellen'),
    subject: `${facts.partnerName}: ${subjectOf(facts, 'de', 'Berichte')}`,
    greeting: 'Guten Tag,',
    paragraphs: [
      facts.reports.length === 1
        ? `Dieser Bericht von ${withoutLinks(facts.partnerName)} ist fertig.`
        : `Diese ${facts.reports.length} Berichte von ${withoutLinks(facts.partnerName)} sind fertig.`,
      ...(facts.isTest ? ['Diese Mail ist ein Test: Sie zeigt, was die Empfänger des Zeitplans bekommen.'] : []),
      `Die Links gelten bis ${write.time(facts.linksUntil)}, für alle, die sie haben.`,
      ...facts.missing.map(({ name, why }) =>
        why === 'large'
          ? `${name} ist nicht angehängt, weil die Mail sonst zu groß wäre, um anzukommen. Benutzen Sie den Link.`
          : `${name} ist nicht angehängt, weil die Datei nicht gelesen werden konnte. Bitte lassen Sie den Bericht ` +
            'noch einmal erstellen.',
      ),
    ],
  }),
};

const shared = (
  { reports, unsubscribeUrl }: ReportReadyFacts,
  language: Language,
  label: string,
): Pick<MailText, 'sections' | 'footlink'> => ({
  sections: sectionsOf(reports, language),
  footlink: { label, url: unsubscribeUrl },
});

function subjectOf({ reports }: ReportReadyFacts, language: Language, plural: string): string {
  const [first] = reports;
  if (!first) return plural;
  const { title } = first.type;
  return reports.length === 1
    ? `${title}, ${windowName(first.window, language)}`
    : `${title}, ${reports.length} ${plural}`;
}
