import { DomainError } from '../domain-error';
import { defaultCsvSettings, type CsvSettings } from './report-type';

/** A partner's settings of reports, as they are stored and sent: those that differ from the defaults. */
export interface PartnerReports {
  csv?: Partial<CsvSettings>;
}

/** Returns the settings of CSV files with the default of each that was never set. */
export const csvSettingsOf = (reports: PartnerReports | undefined): CsvSettings => ({
  ...defaultCsvSettings,
  ...reports?.csv,
});

/**
 * Returns the settings of CSV files with those that were sent in place of the ones before.
 * @throws DomainError `CSV_SETTINGS_INVALID` where amounts would hold the delimiter, pointing at a field that was sent
 */
export function requireCsvSettings(sent: Partial<CsvSettings>, before?: PartnerReports): CsvSettings {
  const settings = { ...csvSettingsOf(before), ...sent };
  if (settings.delimiter !== settings.decimal) return settings;
  const field = sent.delimiter === undefined ? 'decimal' : 'delimiter';
  throw new DomainError(
    'CSV_SETTINGS_INVALID',
    `The delimiter and the decimal separator would both be "${settings.decimal}": send "delimiter": ";" ` +
      'with a decimal comma, or "decimal": "." with commas between the fields.',
    { pointer: `/reports/csv/${field}` },
  );
}
