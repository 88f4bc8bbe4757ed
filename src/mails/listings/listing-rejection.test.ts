import { checkRules, type CheckRule } from '../../domain/listings/checks/check-rules';
import { composeMail } from '../compose-mail';
import { listingRejection } from './listing-rejection';

const bodyOf = (locale: string, more: object) =>
  composeMail({
    template: listingRejection,
    locale,
    timeZone: 'UTC',
    audience: 'person',
    mode: 'live',
    facts: {
      partnerName: 'Acme',
      name: 'Ada',
      title: 'A bike',
      reason: 'quality',
      comment: null,
      fields: [],
      rules: [],
      isLive: false,
      ...more,
    } as never,
  }).text;

test.each(Object.keys(checkRules) as CheckRule[])('the owner reads a sentence for %s, without its name', (rule) => {
  const [plain, en, de] = [bodyOf('en', {}), bodyOf('en', { rules: [rule] }), bodyOf('de', { rules: [rule] })];
  for (const text of [en, de]) expect(text).not.toMatch(/_|undefined|shouting\b/);
  expect(en.length).toBeGreaterThan(plain.length);
  expect(de.split('\n').filter((line) => en.split('\n').includes(line.trim()) && line.includes(' '))).toEqual([]);
});

test('a rejection by silence has its own sentence', () => {
  expect(bodyOf('en', { reason: 'silence' })).toContain('was not approved: nobody reviewed it in time.');
  expect(bodyOf('de', { reason: 'silence' })).toContain('nicht freigegeben: sie wurde nicht rechtzeitig geprüft.');
});

test('only the owner of a live listing reads what buyers see', () => {
  expect(bodyOf('en', { isLive: true })).toContain('Buyers see the listing as it was before');
  expect(bodyOf('en', {})).not.toContain('Buyers');
});
