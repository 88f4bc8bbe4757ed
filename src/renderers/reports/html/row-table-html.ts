import type { ShownRows } from '../page/shown-rows';
import { foreign, markup, type Html } from './html-text';

/** Returns the table of the rows that are shown. */
export function rowTableHtml({ columns, rows }: ShownRows): Html {
  if (rows.length === 0) return markup`<p>There are no rows in this window.</p>`;
  const cell = (text: string, index: number): Html => {
    const content = columns[index]?.isForeign === true && text !== '' ? foreign(text) : text;
    return markup`<td>${content}</td>`;
  };
  const head = columns.map(({ title }) => markup`<th scope="col">${title}</th>`);
  const body = rows.map((row) => markup`<tr>${row.map(cell)}</tr>\n`);
  return markup`<div class="card rows"><table>
<thead><tr>${head}</tr></thead>
<tbody>${body}</tbody>
</table></div>`;
}
