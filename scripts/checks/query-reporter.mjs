// A reporter for jest that fails the run when the code sent a query that no index serves (docs/decisions/0015), or a
// write that the reconciler would not see (docs/decisions/0021).
import { rmSync } from 'node:fs';
import { acceptedScans } from './queries/accepted-scans.ts';
import { describeFault, isAccepted, judgeQuery } from './queries/judge-query.ts';
import { describeCommand, explainCommands } from './queries/explain-queries.ts';
import { readRecordedQueries } from './queries/recorded-queries.ts';
import { queriesOf } from './queries/sent-query.ts';

export default class QueryReporter {
  #error;

  async onRunComplete() {
    const folder = process.env.TEST_QUERIES;
    if (folder === undefined) return;
    const recorded = readRecordedQueries(folder);
    rmSync(folder, { recursive: true, force: true });
    if (recorded === null) return;
    const { commands, untouched, indexes, uri } = recorded;
    const faultsOf = (sent) =>
      queriesOf(sent)
        .map((query) => judgeQuery(query, indexes))
        .filter((fault) => fault !== null);
    const { scans, refused, skipped } = await explainCommands({ uri, commands });
    const each = refused.length === 0 ? 'each' : `${commands.length - refused.length}`;
    const explained = skipped === null ? `${each} explained by MongoDB` : `none explained: ${skipped}`;
    process.stderr.write(`\nThe code sent ${commands.length} kinds of queries, ${explained}\n`);
    for (const line of refused) process.stderr.write(`${line}\n`);
    const isKnown = (fault) => isAccepted(fault, acceptedScans);
    const found = commands.flatMap(faultsOf).filter((fault) => !isKnown(fault));
    const scanning = scans.filter((sent) => !faultsOf(sent).some(isKnown));
    const lines = [...untouched, ...found.map(describeFault), ...scanning.map(describeCommand)];
    for (const line of lines) process.stderr.write(`Failed: ${line}\n`);
    if (lines.length > 0) this.#error = new Error(lines.join('\n'));
  }

  /** Returns an error to fail the run. */
  getLastError() {
    return this.#error;
  }
}
