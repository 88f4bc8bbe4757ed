import { megabytes, range, readsTitle, table } from './table.mjs';

export function bulkLines({ items, documents, micros, serialiseMicros, overSerialise }) {
  return [
    `CPU of the api for one of ${items} listings of POST /listings/bulk, median (least–greatest)`,
    ...table([
      ['the listing', ...range(micros, 'µs', 1)],
      [`BSON.serialize of its ${documents} documents`, ...range(serialiseMicros, 'µs', 1)],
      ['ours over it', ...range(overSerialise, '×', 1)],
    ]),
  ];
}

export function reviewLines({ rows }) {
  const kinds = Object.keys(rows[0].counts);
  return [
    'Billed actions of a review',
    ...table([
      ['', ...kinds, 'all', 'named', 'over them'],
      ...rows.map(({ name, counts, total, named, overNamed }) => [
        name,
        ...kinds.map((kind) => String(counts[kind])),
        String(total),
        String(named),
        `${overNamed.toFixed(2)} ×`,
      ]),
    ]),
  ];
}

export function searchLines({ rounds, hits, micros, commonOverRare, live, rssBytes, rssOver, filters, model }) {
  return [
    `CPU of the api for one search among ${live.many} live listings, median of ${rounds} (least–greatest)`,
    ...table([
      [`a word that ${hits.rare} have`, ...range(micros.rare, 'µs', 0)],
      [`a word that ${hits.common} have`, ...range(micros.common, 'µs', 0)],
      ['ratio', ...range(commonOverRare, '×', 2)],
    ]),
    '',
    'Memory (RSS) of the api after the same searches',
    ...table([
      [`${live.few} live`, megabytes(rssBytes.few)],
      [`${live.many} live`, megabytes(rssBytes.many)],
      ['ratio', `${rssOver.toFixed(2)} ×`],
    ]),
    '',
    readsTitle({ title: 'What a search by filters alone examines', model }),
    ...table([
      ['', 'read', 'returned', 'documents', 'over returned'],
      ...filters.flatMap(({ name, reads }) =>
        reads.map(({ read, returned, documents }) => [
          name,
          read,
          String(returned),
          String(documents),
          (documents / returned).toFixed(3),
        ]),
      ),
    ]),
  ];
}

export function sweepLines({ due, rounds, cpuMs, cpuRatio, actions, explained, reads, model }) {
  const { sweep, oneEach, idle } = actions;
  return [
    `CPU of the worker for a sweep of ${due} listings, median of ${rounds} (least–greatest)`,
    ...table([...cpuMs.map(({ name, ...ms }) => [name, ...range(ms, 'ms', 0)]), ['ratio', ...range(cpuRatio, '×', 2)]]),
    '',
    'Billed actions of a run of the schedule',
    ...table([
      [
        `${actions.due} listings are due`,
        String(sweep),
        `a workflow for each: ${oneEach}`,
        `1/${Math.round(oneEach / sweep)}`,
      ],
      ['nothing is due', String(idle), '', ''],
    ]),
    '',
    readsTitle({ title: `What a sweep of ${explained} listings examines, over their number`, model }),
    ...table([
      ['', 'calls', 'documents', 'keys'],
      ...reads.map(({ read, calls, overExpired }) => [
        read,
        String(calls),
        overExpired.documents.toFixed(3),
        overExpired.keys.toFixed(3),
      ]),
    ]),
  ];
}
