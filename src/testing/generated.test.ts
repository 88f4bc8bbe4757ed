import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderConfigTable, renderEnvExample } from '../../config/describe-environment';
import workflows = require('../../workflows');
import { rulesToMarkdown, scoreToMarkdown } from '../domain/listings/checks/describe-checks';
import { listingTransitions, type ListingState } from '../domain/listings/listing';
import { listingReviewTransitions, type ListingReviewState } from '../domain/listings/review';
import { figuresToMarkdown } from '../domain/reports/describe-figures';
import { lifeToMarkdown } from '../domain/subscriptions/mrr/example-life';
import { reportsToMermaid } from '../domain/reports/report';
import { transitionsToMermaid } from '../domain/transitions';
import { paymentsToMermaid } from '../domain/payments/payment';
import { subscriptionsToMermaid } from '../domain/subscriptions/subscription';
import { checkoutRoot } from './servers/servers';
import { inventory, renderInventory } from './workflow-inventory';

const root = checkoutRoot(__dirname);

/** Returns the text with the content between two markers replaced. */
const between = (text: string, marker: string, content: string): string =>
  text.replace(
    new RegExp(`<!-- ${marker}:begin -->[\\s\\S]*<!-- ${marker}:end -->`),
    () => `<!-- ${marker}:begin -->\n${content.trim()}\n<!-- ${marker}:end -->`,
  );

/** Compares a generated file; `npm run generate` writes the file instead. */
function expectCurrent(file: string, generate: (current: string) => string): void {
  const path = join(root, file);
  const current = readFileSync(path, { encoding: 'utf8', flag: 'a+' });
  const generated = generate(current);
  if (process.env.UPDATE_GENERATED === '1') writeFileSync(path, generated);
  else expect(current).toBe(generated);
}

it('lists every workflow in the inventory', () => {
  expect(inventory.map(({ workflow }) => workflow).sort()).toEqual(Object.keys(workflows).sort());
});

it('keeps docs/workflows.md up to date', () => {
  expectCurrent('docs/workflows.md', renderInventory);
});

it("keeps the README's table of configuration up to date", () => {
  expectCurrent('README.md', (readme) => between(readme, 'config', renderConfigTable()));
});

it('keeps .env.example up to date', () => {
  expectCurrent('.env.example', renderEnvExample);
});

it('keeps the diagram of a payment up to date', () => {
  expectCurrent('docs/money.md', (page) =>
    between(page, 'payment-states', `\`\`\`mermaid\n${paymentsToMermaid().trim()}\n\`\`\``),
  );
});

it('keeps the diagram of a subscription up to date', () => {
  expectCurrent('docs/money.md', (page) =>
    between(page, 'subscription-states', `\`\`\`mermaid\n${subscriptionsToMermaid().trim()}\n\`\`\``),
  );
});

it('keeps the tables of the checks of listings up to date', () => {
  expectCurrent('docs/listings.md', (page) =>
    between(between(page, 'check-rules', rulesToMarkdown()), 'check-score', scoreToMarkdown()),
  );
});

it.each([
  ['report-states', `\`\`\`mermaid\n${reportsToMermaid().trim()}\n\`\`\``],
  ['report-figures', figuresToMarkdown()],
  ['subscription-life', lifeToMarkdown()],
])('keeps %s of the page about reports up to date', (marker, content) => {
  expectCurrent('docs/reports.md', (page) => between(page, marker, content));
});

it.each([
  ['listing-states', transitionsToMermaid<ListingState>({ table: listingTransitions, initial: 'draft' })],
  ['review-states', transitionsToMermaid<ListingReviewState>({ table: listingReviewTransitions, initial: 'checking' })],
])('keeps the diagram %s up to date', (marker, diagram) => {
  expectCurrent('docs/listings.md', (page) => between(page, marker, `\`\`\`mermaid\n${diagram.trim()}\n\`\`\``));
});
