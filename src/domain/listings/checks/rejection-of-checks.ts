import { checkRules, type CheckRule, type Finding } from './check-rules';
import type { RejectionReason, ReviewDecision } from '../review';

const reasons: Record<CheckRule, RejectionReason> = {
  attribute_missing: 'category',
  attribute_invalid: 'category',
  price_missing: 'price',
  price_out_of_bounds: 'price',
  short_title: 'quality',
  thin_description: 'quality',
  shouting: 'quality',
  phone_number: 'contact_details',
  email_address: 'contact_details',
  link: 'contact_details',
  banned_word: 'prohibited',
  image_invalid: 'image',
  image_refused: 'image',
  image_unavailable: 'image',
  duplicate_of_own: 'duplicate',
  duplicate_of_other: 'duplicate',
};

/** Returns the rejection by the rules that the partner set to block: the first one's reason, a remark for each. */
export function rejectionOfChecks(findings: readonly Finding[]): ReviewDecision {
  const blocking = findings.filter(({ severity }) => severity === 'block');
  return {
    outcome: 'rejected',
    reviewer: null,
    reason: blocking[0] ? reasons[blocking[0].rule] : 'other',
    comment: null,
    fields: blocking.map(({ rule, pointer }) => ({
      pointer,
      comment: `Refused by the checks: ${checkRules[rule].finds}`,
    })),
  };
}
