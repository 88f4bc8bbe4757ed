/** Returns the results as text, a table for each part that was measured. */
export function report({ machine: { cores, cpu, load, node, servers }, requests, starts, years, seconds }) {
  const loads = load.map((value) => value.toFixed(2)).join(' → ');
  const lines = [
    `${cores} cores (${cpu.trim()}), load ${loads}, Node ${node}; ${servers.join(', ')}`,
    ...(requests === null ? [] : ['', ...requestLines(requests)]),
    ...(starts.length === 0 ? [] : ['', ...startLines(starts)]),
    ...(years === null ? [] : ['', ...yearLines(years)]),
    '',
    `Took ${seconds.toFixed(0)} s`,
  ];
  return `\n${lines.join('\n')}\n`;
}

function requestLines({ pairs, rows, checked }) {
  const times = ({ median, min, max }) => [`${median.toFixed(2)} ×`, `${min.toFixed(1)}–${max.toFixed(1)}`];
  return [
    `CPU per request, median of ${pairs} (least–greatest)`,
    ...table(
      rows.map(({ name, micros, overNode, overExpress }) => [
        name,
        `${micros.median.toFixed(0)} µs`,
        'node:http',
        ...times(overNode),
        'Express',
        ...times(overExpress),
      ]),
    ),
    ...checked,
  ];
}

function startLines(starts) {
  return [
    'Start to 200 at /readyz, and the memory after a second of idling',
    ...table(
      starts.map(({ name, starts: count, seconds, cpuSeconds, rssMegabytes: { median, min, max } }) => [
        name,
        `${seconds.median.toFixed(2)} s`,
        `${seconds.min.toFixed(2)}–${seconds.max.toFixed(2)}`,
        `${cpuSeconds.median.toFixed(2)} s of CPU`,
        median.toFixed(0),
        `${min.toFixed(0)}–${max.toFixed(0)}`,
        'MB',
        `${count} starts`,
      ]),
    ),
  ];
}

function yearLines({ rounds, seconds, secondsOverPayments, cpuSeconds, cpuOverPayments }) {
  const row = (name, { median, min, max }, unit) => [
    name,
    `${median.toFixed(2)} ${unit}`,
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ];
  return [
    `A year of a monthly subscription in the sandbox, median of ${rounds} (least–greatest)`,
    ...table([
      row('time', seconds, 's'),
      row('time over twelve payments', secondsOverPayments, '×'),
      row('CPU of api, worker and simulator', cpuSeconds, 's'),
      row('CPU over twelve payments', cpuOverPayments, '×'),
    ]),
  ];
}

/** Returns the rows with columns as wide as their widest cell; all but the first are aligned right. */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column] + 2)))
      .join(''),
  );
}
