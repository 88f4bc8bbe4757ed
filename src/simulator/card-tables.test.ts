import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARD_TOKENS } from './card-behaviour';

/** Returns the tokens in the rows of a Markdown table of test cards. */
const tokensIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /^\s*\| `pm_/.test(line))
    .flatMap((line) => line.split('|')[1]?.match(/pm_\w+/g) ?? []);

it.each(['README.md', 'openapi.yaml'])('%s lists every test card, and no other', (file) => {
  expect(tokensIn(readFileSync(join(__dirname, '../..', file), 'utf8')).sort()).toEqual(CARD_TOKENS.toSorted());
});
