import { isEmptyReport, type Figure } from './report-content';
import { summaryRows } from './types/summary';

const figure = (value: number | null, before?: number): Figure => ({
  id: 'captures',
  currency: null,
  by: null,
  value,
  before,
});

it('a summary of zeros is empty, although its figures are its rows', () => {
  const figures = [figure(0, 7), figure(null)];
  expect(summaryRows(figures)).toHaveLength(2);
  expect(isEmptyReport(figures)).toBe(true);
  expect(isEmptyReport([...figures, figure(-1)])).toBe(false);
  expect(isEmptyReport([])).toBe(true);
});
