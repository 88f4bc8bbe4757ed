import { DomainError } from './domain-error';

/**
 * ISO 4217, list one (current currencies and funds) as published on 2026-01-01, by exponent: the number of digits of
 * the minor unit. Intl has other figures (HUF 0, IQD 0), so nothing here is ever taken from Intl. Codes without a minor
 * unit (gold, drawing rights, the test code XTS) cannot be counted in minor units and are left out.
 */
const codesByExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByExponent).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
);

/** Every accepted code, in alphabetical order. */
export const currencyCodes: readonly string[] = [...exponents.keys()].sort();

export const isCurrency = (code: string): boolean => exponents.has(code);

/**
 * Returns the digits of the currency's minor unit: JPY 0, EUR 2, KWD 3, CLF 4. Throws `CURRENCY_UNKNOWN`, pointing at
 * `pointer`, for anything but an active ISO 4217 code in capitals.
 */
export function exponentOf(currency: string, pointer?: string): number {
  const exponent = exponents.get(currency);
  if (exponent !== undefined) return exponent;
  const given = currency.slice(0, 12);
  const remedy = isCurrency(given.toUpperCase())
    ? `write it in capitals: ${given.toUpperCase()}`
    : 'send an active ISO 4217 code with a minor unit, such as EUR, JPY or KWD';
  throw new DomainError('CURRENCY_UNKNOWN', `currency "${given}" is not known: ${remedy}.`, { pointer });
}
