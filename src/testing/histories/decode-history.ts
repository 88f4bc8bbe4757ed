import type { KeptHistory } from '../replay/replay-histories';

type HistoryEvent = KeptHistory['events'][number];

/** A value that a history holds for ever, such as an activity's input or the details of a failure. */
export interface DecodedPayload {
  /** Number, type and subject of the event: `11 ACTIVITY_TASK_COMPLETED advanceOnboarding`. */
  event: string;
  /** The attribute with the payload: `result`, `input`, `TenantId`. */
  attribute: string;
  value: unknown;
}

export interface DecodedHistory {
  payloads: DecodedPayload[];
  /** Every text of every event outside the payloads: messages of failures, ids, names. */
  texts: { event: string; text: string }[];
}

interface Payload {
  metadata: { encoding: string };
  data?: string;
}

/** Attributes that only hold a payload, which has the name of the attribute around it. */
const WRAPPERS: ReadonlySet<string> = new Set(['payloads', 'fields', 'indexedFields', 'args', 'success', 'failure']);

/** Decodes every payload of a history, wherever it stands: inputs, results, messages, memos, details of failures. */
export function decodeHistory({ events }: KeptHistory): DecodedHistory {
  const decoded: DecodedHistory = { payloads: [], texts: [] };
  const names = subjectsOf(events);
  for (const event of events) {
    const type = event.eventType.replace('EVENT_TYPE_', '');
    const label = [event.eventId, type, names.get(event.eventId)].filter(Boolean).join(' ');
    walk({ node: event, attribute: type, label, decoded });
  }
  return decoded;
}

interface WalkInput {
  node: unknown;
  attribute: string;
  label: string;
  decoded: DecodedHistory;
}

function walk({ node, attribute, label, decoded }: WalkInput): void {
  if (typeof node === 'string') decoded.texts.push({ event: label, text: node });
  if (typeof node !== 'object' || node === null) return;
  if (isPayload(node)) {
    decoded.payloads.push({ event: label, attribute, value: valueOf(node) });
    return;
  }
  for (const [key, child] of Object.entries(node)) {
    const isNamed = !Array.isArray(node) && !WRAPPERS.has(key);
    walk({ node: child, attribute: isNamed ? key : attribute, label, decoded });
  }
}

const isPayload = (node: object): node is Payload =>
  'metadata' in node && typeof (node.metadata as Partial<Payload['metadata']> | null)?.encoding === 'string';

function valueOf({ metadata, data = '' }: Payload): unknown {
  const encoding = Buffer.from(metadata.encoding, 'base64').toString();
  if (encoding === 'binary/null') return null;
  const text = Buffer.from(data, 'base64').toString();
  return encoding === 'json/plain' ? (JSON.parse(text) as unknown) : `${encoding} ${text}`;
}

/** Returns the name of the activity, signal, update or child workflow by the number of each event about it. */
function subjectsOf(events: readonly HistoryEvent[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const event of events) {
    const name = nameIn(event) ?? names.get(originOf(event) ?? '');
    if (name !== undefined) names.set(event.eventId, name);
  }
  return names;
}

const attributesOf = (event: HistoryEvent): Record<string, unknown> =>
  Object.values(event).find((value): value is Record<string, unknown> => typeof value === 'object' && value !== null) ??
  {};

function nameIn(event: HistoryEvent): string | undefined {
  const { activityType, workflowType, signalName, acceptedRequest } = attributesOf(event) as {
    activityType?: { name: string };
    workflowType?: { name: string };
    signalName?: string;
    acceptedRequest?: { input?: { name: string } };
  };
  return activityType?.name ?? acceptedRequest?.input?.name ?? signalName ?? workflowType?.name;
}

function originOf(event: HistoryEvent): string | undefined {
  const { scheduledEventId, acceptedEventId } = attributesOf(event) as Record<string, string | undefined>;
  return scheduledEventId ?? acceptedEventId;
}
