import type { FigureRow, FigureTable } from '../page/figure-tables';
import { foreign, markup, nothing, type Html } from './html-text';

/** Stands where there is nothing to compute over, such as a rate over nobody. */
const NOTHING = '–';

/** Returns one table of figures, beside those of the window before where the report compares. */
export function figureTableHtml({ title, compares, rows }: FigureTable): Html {
  const column = (name: string): Html => markup`<th scope="col" class="number">${name}</th>`;
  const compared = compares ? [column('Window before'), column('Change')] : [];
  return markup`<div class="card compare"><table>
<caption>${title}</caption>
<thead><tr><th scope="col">Figure</th>${column('This window')}${compared}</tr></thead>
<tbody>${rows.map((row) => rowHtml(row, compares))}</tbody>
</table></div>`;
}

function rowHtml({ title, by, value, before, change }: FigureRow, compares: boolean): Html {
  const compared = (name: string, text: string | null): Html =>
    markup`<td class="number before" data-title="${name}">${text ?? NOTHING}</td>`;
  const part = by === null ? nothing : markup`: ${foreign(by)}`;
  const cells = compares ? [compared('Before', before), compared('Change', change)] : [];
  return markup`<tr${by === null ? nothing : markup` class="part"`}><th scope="row">${title}${part}</th>
<td class="value">${value ?? NOTHING}</td>${cells}</tr>
`;
}
