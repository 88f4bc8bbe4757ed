/** The form of the values that stand under a group of keys; a text of a person has none of these forms. */
interface KeyGroup {
  /** Tells why these values may stand in a history for ever. */
  why: string;
  keys: readonly string[];
  mayBe: (value: string | number | boolean) => boolean;
}

const NAME = /^[\w.:/-]+$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;
const isName = (value: unknown): boolean => typeof value === 'string' && NAME.test(value);

/** Words in lower case with marks between them, or a code such as `SHOP_CLOSED`; no name as people write it. */
const CODE = /^(?:[a-z\d]+(?:[_./:-][a-z\d]+)*|[A-Z][A-Z\d]*(?:_[A-Z\d]+)*)$/;
const isCode = (value: unknown): boolean => typeof value === 'string' && CODE.test(value);

/** The class of an error, by which a process names its failure. */
const ERROR_CLASS = /^(?:[A-Z][a-z]+)+(?:Error|Unavailable|GivenUp)$/;

const FIXED_PHRASES: ReadonlySet<unknown> = new Set([
  'cancelled in Temporal',
  'the address was not verified within 7 days',
  'no decision was made within 72 hours',
]);

/** Every key that may stand in a payload of a history. Add one only with a value that no person wrote. */
const groups: readonly KeyGroup[] = [
  {
    why: 'ids: they name a document, which has the content',
    keys: ['chain', 'commandId', 'correlationId', 'id', 'invoiceId', 'notificationId', 'onboardingId', 'operationId']
      .concat(['paymentId', 'planId', 'refundId', 'runId', 'subscriptionId', 'tenantId', 'TenantId'])
      .concat(['withdrawnInvoiceId', 'workflowId', 'reviewId', 'reportId', 'tenantIds']),
    mayBe: isName,
  },
  {
    why: 'names of steps, mails and actors: words of the program',
    keys: ['audience', 'cause', 'date', 'format', 'formats', 'kind', 'section', 'sections', 'step', 'template'],
    mayBe: isName,
  },
  {
    why: 'states and other codes of the program',
    keys: [
      'call',
      'capture',
      'code',
      'decision',
      'event',
      'from',
      'outcome',
      'position',
      'problem',
      'purpose',
      'refund',
    ].concat(['state', 'status', 'to', 'towards', 'unknownCall', 'waiting', 'what', 'when', 'phase']),
    mayBe: isCode,
  },
  {
    why: 'what a run returned: its last state, or a count',
    keys: ['result'],
    mayBe: (value) => isCode(value) || typeof value === 'number',
  },
  {
    why: "why a run was terminated: our code for it, or the server's words for a run that another replaced",
    keys: ['details'],
    mayBe: (value) => isName(value) || /^terminated by new runID: [\da-f-]{36}$/.test(String(value)),
  },
  {
    why: "reasons: codes, errors' classes, or phrases that the program holds",
    keys: ['reason'],
    mayBe: (value) => isCode(value) || ERROR_CLASS.test(String(value)) || FIXED_PHRASES.has(value),
  },
  {
    why: "the partner's own id of a reviewer, in a decision that somebody sent as a signal: a signal is history",
    keys: ['reviewer'],
    mayBe: isName,
  },
  {
    why: 'business times, ISO 8601',
    keys: ['at', 'correctedAt', 'expiresAt', 'linkExpiresAt', 'nextAt', 'nextPeriodAt', 'overdueAt', 'paymentUntil']
      .concat(['periodStart', 'previewedAt', 'resentAt', 'resumeAt', 'since', 'startAt', 'trialEndAt', 'trialNoticeAt'])
      .concat(['until', 'queuedAt', 'escalatedAt', 'heldUntil']),
    mayBe: (value) => typeof value === 'string' && INSTANT.test(value),
  },
  {
    why: 'counts and amounts in minor units',
    keys: [
      'amountMinor',
      'attempt',
      'captureMinor',
      'capturedMinor',
      'generation',
      'quantity',
      'retryAfterMs',
      'run',
    ].concat([
      'accepted',
      'failed',
      'offsetMs',
      'sandboxOffsetMs',
      'version',
      'expiry',
      'notices',
      'expired',
      'reminded',
      'ended',
      'tenant',
    ]),
    mayBe: (value) => typeof value === 'number',
  },
  {
    why: 'decisions: yes or no',
    keys: [
      'arrived',
      'dryRun',
      'hasSlot',
      'isLast',
      'isScheduled',
      'isWithdrawn',
      'mayHold',
      'renewal',
      'requiresApproval',
      'withdraw',
    ],
    mayBe: (value) => typeof value === 'boolean',
  },
  {
    why: 'our own sentence about an advance that ended early; it names processes and steps',
    keys: ['detail'],
    mayBe: (value) => typeof value === 'string',
  },
  {
    why: 'parts made of listed keys only',
    keys: ['applied', 'by', 'charge', 'command', 'failure', 'firstCharge', 'input', 'link', 'payment'].concat([
      'pendingChange',
      'progress',
      'after',
      'next',
      'counts',
      'undoing',
      'withdrawnCharges',
    ]),
    mayBe: () => false,
  },
];

const groupOf = new Map(groups.flatMap((group) => group.keys.map((key) => [key, group] as const)));

/** Returns why a key with this value must not stand in a history; null for a listed key with a value of its form. */
export function refusedKey(key: string, value: unknown): string | null {
  const group = groupOf.get(key);
  if (!group) return `${key} is not listed`;
  if (typeof value === 'object' && value !== null) return null;
  const isFine = value === null || group.mayBe(value as string | number | boolean);
  return isFine ? null : `${key} is ${JSON.stringify(value)}, but stands for ${group.why}`;
}
