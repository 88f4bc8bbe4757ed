import type { ProblemTable } from '../problem';

/** Problems of users and their onboarding. */
export const usersProblems = {
  ONBOARDING_OPEN: { status: 409, title: 'Onboarding already open for this address' },
  EMAIL_TAKEN: { status: 409, title: 'E-mail address already in use' },
  EMAIL_UNAVAILABLE: { status: 409, title: 'E-mail address cannot be used now', notKept: true },
  TOKEN_EXPIRED: { status: 409, title: 'Link expired' },
  TOKEN_SUPERSEDED: { status: 409, title: 'Link replaced by a newer one' },
  TOKEN_USED: { status: 409, title: 'Link already used' },
  USER_NOT_ACTIVE: { status: 409, title: 'User is not active' },
  TOKEN_INVALID: { status: 422, title: 'Invalid token' },
  USER_UNKNOWN: { status: 422, title: 'Unknown user' },
  RESEND_LIMIT: { status: 429, title: 'Too many links requested' },
} as const satisfies ProblemTable;
