import { urlRules, type UrlRule } from '../../domain/egress/judge-url';

/** A URL that the platform does not call. Carries no address: nobody learns what an inner name resolved to. */
export class EgressRefused extends Error {
  readonly rule: UrlRule;

  constructor(rule: UrlRule) {
    super(urlRules[rule]);
    this.name = 'EgressRefused';
    this.rule = rule;
  }
}

/** Why no response came; none of them says more than the peer's name would. */
export const unavailableReasons = {
  name: 'the name has no address',
  connection: 'no connection',
  tls: 'no secure connection, or a certificate of another name',
  response: 'no response that is HTTP',
  timeout: 'no response in time',
} as const;
export type UnavailableReason = keyof typeof unavailableReasons;

/** A peer that cannot be reached now. The cause is left out, because its message has addresses. */
export class EgressUnavailable extends Error {
  readonly reason: UnavailableReason;

  constructor(reason: UnavailableReason) {
    super(unavailableReasons[reason]);
    this.name = 'EgressUnavailable';
    this.reason = reason;
  }
}
