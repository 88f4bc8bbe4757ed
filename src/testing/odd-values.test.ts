import Ajv from 'ajv/dist/2020';
import { Temporal } from 'temporal-polyfill';
import { serverVariables } from '../../config/variables/server-variables';
import { exponentOf } from '../domain/currencies';
import { requireAmount } from '../domain/money';
import { formatMoney, plainMoney } from '../domain/money-text';
import { advanceTarget } from '../domain/sandbox/sandbox-clock';
import { localTimeOf, requireSchedule, trialEndAt } from '../domain/subscriptions/billing/billing-period';
import { normaliseEmail } from '../domain/values/email';
import { isTimeZone } from '../domain/values/time-zone';
import { addContractFormats } from '../http/pipeline/input/formats';
import { mailWriter } from '../mails/mail-text';
import { oddAddresses, oddCurrencies, oddLocales, oddTimeZones } from './odd-values';

const ajv = new Ajv();
addContractFormats(ajv);

/** Returns the verdict of the validator of requests. */
const isTaken = (format: string, value: string): boolean => ajv.validate({ type: 'string', format }, value);

const works = (calculate: () => unknown): boolean => {
  try {
    calculate();
    return true;
  } catch {
    return false;
  }
};

const startAt = '2026-01-31T09:00:00Z';
const from = new Date(startAt);

describe('what the validator takes, everything behind it calculates with, and nothing else', () => {
  it.each(oddTimeZones)('time zone %j: %j', (timeZone, isAccepted) => {
    const calculations = {
      schedule: () => requireSchedule({ interval: 'month', intervalCount: 1, startAt, timeZone }),
      trial: () => trialEndAt({ startAt, trialDays: 14, timeZone }),
      'local time': () => localTimeOf({ startAt, timeZone }),
      advance: () => advanceTarget({ by: 'P1M', from, realNow: from, timeZone }),
    };
    for (const [name, calculate] of Object.entries(calculations))
      expect([name, works(calculate)]).toEqual([name, isAccepted]);
    expect(isTaken('time-zone', timeZone)).toBe(isAccepted);
    expect(mailWriter({ locale: 'en', timeZone }).time(from)).toContain('2026');
  });

  it.each(oddLocales)('locale %j: %j', (locale, isAccepted) => {
    expect(isTaken('locale', locale)).toBe(isAccepted);
    const writer = mailWriter({ locale, timeZone: 'UTC' });
    expect(writer.time(from)).not.toBe('');
    expect(writer.money({ amountMinor: 1050, currency: 'EUR' })).toMatch(/10[.,]50/);
  });

  it.each(oddCurrencies)('currency %j: %j', (currency, isAccepted) => {
    const money = { amountMinor: 1050, currency };
    const calculations = {
      exponent: () => exponentOf(currency),
      amount: () => requireAmount({ amount: money }),
      'plain text': () => plainMoney(money),
      'text for people': () => formatMoney({ money }),
    };
    for (const [name, calculate] of Object.entries(calculations))
      expect([name, works(calculate)]).toEqual([name, isAccepted]);
    expect(isTaken('currency', currency)).toBe(isAccepted);
  });

  it.each(oddAddresses)('address %j: %j', (address, isAccepted) => {
    const { OPERATOR_EMAIL, MAIL_FROM } = serverVariables;
    expect(isTaken('email', address)).toBe(isAccepted);
    expect(works(() => normaliseEmail(address))).toBe(isAccepted);
    expect(OPERATOR_EMAIL.type.safeParse(address).success).toBe(isAccepted);
    for (const sender of [address, `Acme <${address}>`])
      expect([sender, MAIL_FROM.type.safeParse(sender).success]).toEqual([sender, isAccepted]);
  });
});

it('a mail has the language of its tag, however it is written, and none that mails lack', () => {
  const timeIn = (locale: string) => mailWriter({ locale, timeZone: 'UTC' }).time(from);
  expect(timeIn('deu-DE')).toBe(timeIn('de-DE'));
  expect(timeIn('deu-DE')).toContain('Januar');
  for (const locale of ['enm', 'den-US', 'x-private', 'de_DE'])
    expect([locale, timeIn(locale)]).toEqual([locale, timeIn('en-GB')]);
});

it('a name is judged once, whatever its case; every other judgement is a look-up', () => {
  const trial = jest.spyOn(Temporal.Instant, 'fromEpochMilliseconds');
  const names = ['Asia/Tokyo', 'asia/tokyo', 'ASIA/TOKYO', 'Asia/Nowhere', 'asia/nowhere', '+02:00'];
  for (let times = 0; times < 100; times++)
    expect(names.map(isTimeZone)).toEqual([true, true, true, false, false, false]);
  expect(trial).toHaveBeenCalledTimes(2);
  trial.mockRestore();
});
