import { checkRules, type CheckRule } from './check-rules';
import { rejectionOfChecks } from './rejection-of-checks';

test.each(Object.keys(checkRules) as CheckRule[])('a rejection by %s has a reason, and a remark in words', (rule) => {
  const finding = { rule, severity: 'block', pointer: '/title', evidence: 'x' } as const;
  const { reviewer, reason, fields } = rejectionOfChecks([{ ...finding, severity: 'review' }, finding]);
  expect(reviewer).toBeNull();
  // A rejection without a reviewer for another reason is one by silence.
  expect(reason).not.toBe('other');
  expect(fields).toEqual([{ pointer: '/title', comment: `Refused by the checks: ${checkRules[rule].finds}` }]);
  expect(fields[0]!.comment).not.toContain('_');
});
