import type { CheckRule } from '../../domain/listings/checks/check-rules';

/** The owner's sentence for each rule that can stop a listing. Neither names the rule, nor says how to get past it. */
export const remarksInEnglish: Record<CheckRule, string> = {
  attribute_missing: 'A detail is missing that the category requires.',
  attribute_invalid: 'A detail does not fit the category.',
  price_missing: 'A price is missing.',
  price_out_of_bounds: 'The price is not possible in this category.',
  short_title: 'The title is too short.',
  thin_description: 'The description is too short.',
  shouting: 'The text has too many capitals, exclamation marks or question marks.',
  phone_number: 'The text contains a telephone number.',
  email_address: 'The text contains an e-mail address.',
  link: 'The text contains a web address.',
  banned_word: 'The text contains a word that is not allowed.',
  image_invalid: 'One of the images cannot be shown.',
  image_refused: 'One of the images cannot be reached by buyers.',
  image_unavailable: 'One of the images could not be loaded.',
  duplicate_of_own: 'You have another listing with the same text or the same image.',
  duplicate_of_other: 'The same text or the same image is in another listing.',
};

export const remarksInGerman: Record<CheckRule, string> = {
  attribute_missing: 'Es fehlt eine Angabe, die in dieser Kategorie nötig ist.',
  attribute_invalid: 'Eine Angabe passt nicht zur Kategorie.',
  price_missing: 'Der Preis fehlt.',
  price_out_of_bounds: 'Der Preis ist in dieser Kategorie nicht möglich.',
  short_title: 'Der Titel ist zu kurz.',
  thin_description: 'Die Beschreibung ist zu kurz.',
  shouting: 'Der Text hat zu viele Großbuchstaben, Ausrufezeichen oder Fragezeichen.',
  phone_number: 'Der Text enthält eine Telefonnummer.',
  email_address: 'Der Text enthält eine E-Mail-Adresse.',
  link: 'Der Text enthält eine Internetadresse.',
  banned_word: 'Der Text enthält ein Wort, das nicht erlaubt ist.',
  image_invalid: 'Eines der Bilder kann nicht angezeigt werden.',
  image_refused: 'Eines der Bilder ist für Käufer nicht erreichbar.',
  image_unavailable: 'Eines der Bilder konnte nicht geladen werden.',
  duplicate_of_own: 'Sie haben eine andere Anzeige mit dem gleichen Text oder dem gleichen Bild.',
  duplicate_of_other: 'Der gleiche Text oder das gleiche Bild steht in einer anderen Anzeige.',
};
