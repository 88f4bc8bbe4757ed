import { csvSettingsOf, requireCsvSettings } from './report-settings';

describe('the settings of CSV files', () => {
  it('are the defaults until each is set by itself', () => {
    const defaults = { delimiter: ',', decimal: '.', bom: false };
    expect(csvSettingsOf(undefined)).toEqual(defaults);
    expect(csvSettingsOf({})).toEqual(defaults);
    const set = requireCsvSettings({ delimiter: ';', decimal: ',' });
    expect(set).toEqual({ delimiter: ';', decimal: ',', bom: false });
    expect(requireCsvSettings({ bom: true }, { csv: set })).toEqual({ ...set, bom: true });
  });

  it.each([
    [{ decimal: ',' }, undefined, '/reports/csv/decimal'],
    [{ delimiter: ',', decimal: ',' }, undefined, '/reports/csv/delimiter'],
    [{ delimiter: ',' }, { csv: { delimiter: ';', decimal: ',' } }, '/reports/csv/delimiter'],
    [{ decimal: ',' }, { csv: { bom: true } }, '/reports/csv/decimal'],
  ] as const)('refuse one character for both separators: %j after %j', (sent, before, pointer) => {
    expect(() => requireCsvSettings(sent, before)).toThrow(
      expect.objectContaining({ code: 'CSV_SETTINGS_INVALID', pointer, message: expect.stringContaining('send') }),
    );
  });
});
