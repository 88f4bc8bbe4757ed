import type { RunFile } from './run-file.ts';

/** Returns the text shown after the start: addresses, key and a first call. */
export function banner({ api, docs, sandboxKey, temporalUi, mail }: RunFile, bold: (text: string) => string): string {
  const rows: [string, string | null][] = [
    ['Swagger UI', docs],
    ['API base', api],
    ['Sandbox key', sandboxKey],
    ['Temporal UI', temporalUi],
    ['Mail inbox', mail],
  ];
  const listed = rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(12)} ${bold(value ?? '')}`);
  const curl = [
    `  curl -i ${api}/onboardings \\`,
    `    -H 'Authorization: Bearer ${sandboxKey}' -H "Idempotency-Key: $(date +%s)" \\`,
    `    -H 'Content-Type: application/json' -d '{"email":"you@example.com","name":"You"}'`,
  ];
  return [
    '',
    bold('The platform is up.'),
    ...listed,
    '',
    'Try it:',
    ...curl,
    '',
    '.platform/run.json contains all of this, .platform/logs the logs. Ctrl-C stops everything.',
    '',
  ].join('\n');
}
