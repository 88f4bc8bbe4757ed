import * as fc from 'fast-check';
import type { ShownColumn } from '../page/shown-rows';
import { columnWidths } from './column-widths';

const measure = (text: string): number => text.length * 4 + 6;
const column = (kind: ShownColumn['kind']): ShownColumn => ({ title: kind, kind, isNumber: false, isForeign: false });

describe('columnWidths', () => {
  it('fills the table, whatever stands in it', () => {
    const kind = fc.constantFrom('id', 'code', 'text', 'currency', 'money', 'count', 'share', 'date', 'instant');
    const table = fc.array(fc.tuple(kind, fc.array(fc.string({ maxLength: 200 }))), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(table, (given) => {
        const columns = given.map(([kind]) => column(kind));
        const rows = Array.from({ length: 5 }, (_, index) => given.map(([, cells]) => cells[index] ?? ''));
        const widths = columnWidths({ columns, rows, available: 760, measure });
        expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(760, 6);
        expect(widths.every((width) => width > 0)).toBe(true);
      }),
    );
  });

  it('keeps amounts to one line and breaks texts', () => {
    const amount = '1,234,567,890.123';
    const columns = [column('text'), column('money')];
    const [text = 0, money = 0] = columnWidths({ columns, rows: [['x'.repeat(200), amount]], available: 300, measure });
    expect(money).toBeGreaterThanOrEqual(measure(amount));
    expect(text).toBeLessThan(measure('x'.repeat(200)));
  });
});
