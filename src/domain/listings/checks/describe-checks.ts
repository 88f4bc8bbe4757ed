import { checkRules } from './check-rules';
import { scoreParts } from './quality-score';

/** Returns the rules as a table in Markdown. */
export const rulesToMarkdown = (): string =>
  [
    '| rule | severity | finds |',
    '|---|---|---|',
    ...Object.entries(checkRules).map(([rule, { severity, finds }]) => `| \`${rule}\` | ${severity} | ${finds} |`),
  ].join('\n');

/** Returns the parts of the score as a table in Markdown. */
export const scoreToMarkdown = (): string =>
  [
    '| part | points, at most | counts |',
    '|---|---|---|',
    ...Object.entries(scoreParts).map(([part, { most, counts }]) => `| ${part} | ${most} | ${counts} |`),
  ].join('\n');
