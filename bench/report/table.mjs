/** Returns the rows with columns as wide as their widest cell; all but the first are aligned right. */
export function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column] + 2)))
      .join(''),
  );
}

/** Returns two cells: the median, and from the least to the greatest. */
export const range = ({ median, min, max }, unit, digits) => [
  `${median.toFixed(digits)} ${unit}`,
  `${min.toFixed(digits)}–${max.toFixed(digits)}`,
];

export const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** Returns the title of what reads examine, with the reason not to trust it where there is one. */
export const readsTitle = ({ title, model }) =>
  model === null ? title : `${title}, by explanations to be doubted: ${model}`;
