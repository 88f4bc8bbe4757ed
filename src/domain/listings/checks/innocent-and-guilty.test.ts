import type { ListingContent } from '../content';
import { checkListing } from './check-listing';
import type { CheckRule } from './check-rules';
import { defaultListingSettings } from './listing-settings';

const bannedWords = [
  'ass',
  'cunt',
  'sex',
  'anal',
  'sau',
  'cock',
  'Scheiße',
  'Casino*',
  'replica watch',
  '赌博',
  'カジノ',
  'ml',
  'bcd',
];

const calm =
  'Das Fahrrad stand immer in einer trockenen Garage und wurde jedes Jahr von einer Werkstatt gewartet und geputzt.';

const content: Omit<ListingContent, 'category' | 'language' | 'metadata'> = {
  title: 'Gut gepflegtes Fahrrad mit Licht',
  description: calm,
  price: { amountMinor: 25_000, currency: 'EUR' },
  attributes: {},
  images: [],
  place: null,
};

function rulesFor(text: string): CheckRule[] {
  const { findings } = checkListing({
    content: { ...content, description: `${calm}\n${text}` },
    category: { attributes: [], price: null, review: null },
    settings: { ...defaultListingSettings, bannedWords },
    listingId: null,
    duplicates: [],
    imageProbes: new Map(),
  });
  return findings.map(({ rule }) => rule);
}

const innocent: readonly string[] = [
  'Preis 1.299,00 € VB, nicht 12.500 €',
  'Baujahr 2015-2019, erste Zulassung 01/2016, HU 03/2027',
  'Reifen 195/65 R15 91H und 205/55 R16, DOT 0319',
  'Lehrbuch 978-0-306-40615-7, gebunden',
  'Taschenbuch 0-306-40615-2 in gutem Zustand',
  'Modell SM-G991B mit 128/256 GB und 5000 mAh',
  'Schrank 200 x 90 x 75 cm, 3 x 4 Fächer',
  'EAN 4006381333931',
  'Barcode auf der Packung: 0753759977610',
  'Abholung 01.02.2027 bis 05.02.2027, 08:00-18:00 Uhr',
  'Verfügbar ab 2027-01-15, Treffen 10.00 - 12.30 Uhr',
  '120.000 km gelaufen, 1.998 ccm, 110 kW (150 PS)',
  'Abzuholen in 01067 Dresden oder 10115 Berlin',
  'Teilenummer 0 261 230 055, passt für viele Wagen',
  'OEM-Nr. 0009892101 und 06A 905 115 D',
  'IMEI 356938035643809 ist nicht gesperrt',
  'Konto auf Anfrage, keine DE89 3704 0044 0532 0130 00',
  'Größen 36 37 38 39 40 41 42 43 vorrätig',
  'Bände 01 02 03 04 05 06 der Reihe',
  'Widerstände 0.5 1.5 2.5 3.5 4.5 Ohm, je 0,5 Watt',
  'Call of Duty 4 und FIFA 2021 dazu',
  'iPhone 12 mit 256 GB, Handy 128 GB als Zugabe',
  'Mobil 1 5W-30, 5 Liter Kanister',
  'Wie neu.Info gern auf Nachfrage.Bitte nur ernst gemeint',
  'Bücher zu ASP.NET und Node.js, Band 2.0, z.B. für Anfänger, u.a. mit CD',
  'St.Pauli Fahne, Dr.Oetker Form, inkl.MwSt und e.V.',
  'Prozessor i7 @ 3.6 GHz, 4 Stück @ 50 EUR',
  'Scunthorpe United scarf, Essex and Sussex maps',
  'Klassenfahrt, Massenware, Klasse! assassin creed',
  'Analog clock, cocktail glasses, Staubsauger, Sauerkraut',
  'IKEA BILLY in WEISS mit LED, BMW X5 M50d AHK SHZ',
  'Really great bike! Why sell? I moved.',
  '东京的自行车，车况很好，价格1200元，2019年买的',
  '自転車です。とても良い状態。サイズは28-622。',
  'Резина зимняя 2019 года, размер 195/65, пробег 5000 км',
  'One two three go, zero scratches, null Problemo, eins a',
  'LEGO 75192 mit 7541 Teilen, Set vollständig',
  'Coordinates of the trail 51.5074, 0.1278, about 12-15 miles',
  'Handy 128/256/512 GB',
  'Passt für TOYOTA, HONDA und SUZUKI',
  'S M L XL, U.S.A. made, A B C Spiel',
  'Größen S M L verfügbar, Klassen A B C D E',
  'Score 0:3, 50/50 Anteil, 16:9 Monitor, 1920x1080 und 3840 × 2160',
];

const guilty: readonly [CheckRule, string][] = [
  ['phone_number', 'Ruf mich an: 0151 23456789'],
  ['phone_number', 'Tel. 030/1234567'],
  ['phone_number', 'Telefon (030) 123 456 78'],
  ['phone_number', 'melden unter +49 151 23456789'],
  ['phone_number', 'oder +49 (0) 89-12345678'],
  ['phone_number', '0049-151-2345678'],
  ['phone_number', 'call (212) 555-0123'],
  ['phone_number', '212-555-0123 after six'],
  ['phone_number', '1 800 555 0199'],
  ['phone_number', '07700 900123 any time'],
  ['phone_number', 'appelez 01.23.45.67.89'],
  ['phone_number', '0 1 5 1 2 3 4 5 6 7 8'],
  ['phone_number', '0-1-5-1-2-3-4-5-6-7-8'],
  ['phone_number', '０１５１ ２３４５６７８'],
  ['phone_number', '٠١٥١ ٢٣٤٥٦٧٨'],
  ['phone_number', '0\u200b15\u200b1 23\u200d45678'],
  ['phone_number', 'null eins fünf eins zwei drei vier fünf sechs sieben'],
  ['phone_number', 'WhatsApp unter 17612345678'],
  ['phone_number', 'text me on 555-1234'],
  ['phone_number', '微信 13812345678'],
  ['phone_number', 'Baujahr 2019 0151 2345678'],
  ['email_address', 'max.muster@example.com'],
  ['email_address', 'max (at) web (dot) de'],
  ['email_address', 'max [at] posteo . de'],
  ['email_address', 'max at gmail dot com'],
  ['email_address', 'max ät firma punkt de'],
  ['email_address', 'm a x @ w e b . d e'],
  ['email_address', 'max@gmail bitte'],
  ['email_address', 'ｍａｘ＠ｅｘａｍｐｌｅ．ｏｒｇ'],
  ['link', 'https://example.com/path?id=1'],
  ['link', 'siehe www.example.de'],
  ['link', 'mehr auf mein-laden.de/fahrrad'],
  ['link', 'shop.example.co.uk has more'],
  ['link', 'wa.me/4915123456789 or t.me/seller'],
  ['link', 'mein-laden (punkt) com'],
  ['link', 'visit bikeshop dot com'],
  ['link', 'hxxp://evil.example'],
  [
    'shouting',
    'SUPER GÜNSTIG WIRKLICH TOLLES FAHRRAD SOFORT ABHOLEN HEUTE NOCH BITTE MELDEN DANKE SCHNELL KAUFEN GLEICH',
  ],
  ['shouting', 'Nur heute!!!'],
  ['banned_word', 'kick ASS deal'],
  ['banned_word', 'so eine SCHEISSE'],
  ['banned_word', 'Online-Casinos und Casinospiele'],
  ['banned_word', 'a replica\u00a0watch'],
  ['banned_word', 'ехtra sеx'],
  ['banned_word', 'c.u.n.t'],
  ['banned_word', 'what a c u n t'],
  ['banned_word', 'cünt'],
  ['banned_word', '网络赌博平台'],
  ['banned_word', '東京カジノで遊ぶ'],
];

it('has at least 40 texts of each kind', () => {
  expect(Math.min(innocent.length, guilty.length)).toBeGreaterThanOrEqual(40);
});

it.each(innocent)('finds nothing in: %s', (text) => {
  expect(rulesFor(text)).toEqual([]);
});

it.each(guilty)('finds %s in: %s', (rule, text) => {
  expect(rulesFor(text)).toEqual([rule]);
});
