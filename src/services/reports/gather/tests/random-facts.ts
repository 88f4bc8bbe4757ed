import * as fc from 'fast-check';
import { TypeID } from 'typeid-js';
import { v7 } from 'uuid';
import type { EventType } from '../../../../contracts/events';
import { newId } from '../../../../domain/ids';
import type { Money } from '../../../../domain/money';
import {
  postAuthorise,
  postCapture,
  postDispute,
  postRefund,
  postRefundReversal,
} from '../../../../domain/payments/ledger';
import type { Posting } from '../../../../domain/payments/ledger';

const HOUR_MS = 3_600_000;

/** An event as stored, with the real time that its id carries. */
export interface EventDocument {
  _id: string;
  tenantId: string;
  entityId: string;
  step: string;
  type: EventType;
  state: string;
  version: number;
  at: Date;
  data: Record<string, unknown>;
  recordedAt: Date;
}

export interface PostingDocument extends Omit<Posting, 'key'> {
  _id: string;
  tenantId: string;
  at: Date;
  recordedAt: Date;
}

/** An entity with all of its facts, in their order. */
export interface EntityFacts {
  collection: 'payments' | 'refunds' | 'onboardings' | 'listings';
  _id: string;
  tenantId: string;
  createdAt: Date;
  /** The fields that never change. */
  fixed: Record<string, unknown>;
  events: EventDocument[];
}

export interface History {
  entities: EntityFacts[];
  postings: PostingDocument[];
}

export const eventIdAt = (recordedAt: Date): string =>
  TypeID.fromUUID('evt', v7({ msecs: recordedAt.getTime() })).toString();

const gapMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 5 * HOUR_MS }) },
  // Several facts of one instant.
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 * HOUR_MS }) },
);
const lateMs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * HOUR_MS }) },
);
export const times = fc.array(fc.record({ gapMs, lateMs }), { minLength: 12, maxLength: 12 });

const paymentShape = fc.record({
  acceptedMs: fc.integer({ min: -40, max: 40 }).map((hours) => hours * HOUR_MS),
  amountMinor: fc.integer({ min: 100, max: 90_000 }),
  currency: fc.constantFrom('EUR', 'EUR', 'JPY', 'KWD'),
  path: fc.constantFrom('captured', 'captured', 'captured', 'unknown', 'held', 'declined', 'cancelled'),
  refund: fc.constantFrom('none', 'pending', 'failed', 'succeeded', 'succeeded', 'failed_late'),
  dispute: fc.constantFrom('none', 'none', 'open', 'won', 'lost'),
  times,
});
export type PaymentShape = typeof paymentShape extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Returns the histories of payments that begin in the days around an instant. */
export function randomPayments(input: { tenantId: string; around: Date; count: number; seed: number }): History {
  const { count: numRuns, seed } = input;
  const all = fc.sample(paymentShape, { numRuns, seed }).map((shape) => paymentHistory({ ...input, shape }));
  return { entities: all.flatMap(({ entities }) => entities), postings: all.flatMap(({ postings }) => postings) };
}

/** Dates facts one after the other; each is recorded after the one before. */
export class Course {
  #atMs: number;
  #recordedMs = 0;
  readonly #times: { gapMs: number; lateMs: number }[];

  constructor(startMs: number, steps: readonly { gapMs: number; lateMs: number }[]) {
    this.#atMs = startMs;
    this.#times = [...steps];
  }

  next(): { at: Date; recordedAt: Date } {
    const { gapMs: gap, lateMs: late } = this.#times.shift() ?? { gapMs: 0, lateMs: 0 };
    this.#atMs += gap;
    this.#recordedMs = Math.max(this.#recordedMs, this.#atMs + late);
    return { at: new Date(this.#atMs), recordedAt: new Date(this.#recordedMs) };
  }
}

export function newEntity(
  input: Pick<EntityFacts, 'collection' | '_id' | 'tenantId' | 'fixed'>,
  first: { at: Date },
): EntityFacts & {
  add: (type: EventType, state: string, time: { at: Date; recordedAt: Date }, data?: object, step?: string) => void;
} {
  const events: EventDocument[] = [];
  const { _id: entityId, tenantId } = input;
  return {
    ...input,
    createdAt: first.at,
    events,
    add(type, state, time, data = {}, step) {
      const version = events.length + 1;
      events.push({
        _id: eventIdAt(time.recordedAt),
        tenantId,
        entityId,
        step: step ?? `${version}`,
        type,
        state,
        version,
        data: data as Record<string, unknown>,
        ...time,
      });
    },
  };
}

function paymentHistory({ tenantId, around, shape }: { tenantId: string; around: Date; shape: PaymentShape }): History {
  const { amountMinor, currency, path } = shape;
  const course = new Course(around.getTime() + shape.acceptedMs, shape.times);
  const accepted = course.next();
  const paymentId = newId('payment');
  const amount: Money = { amountMinor, currency };
  const fixed = {
    amount,
    orderRef: `o-${paymentId.slice(-4)}`,
    customerId: null,
    description: 'A "thing", two; three',
  };
  const payment = newEntity({ collection: 'payments', _id: paymentId, tenantId, fixed }, accepted);
  const history: History = { entities: [payment], postings: [] };
  const post = ({ key: _id, ...posting }: Posting, time: { at: Date; recordedAt: Date }) =>
    history.postings.push({ _id, ...posting, tenantId, ...time });
  const about = { paymentId, key: `${paymentId}:authorise:1` };

  payment.add('payment.accepted', 'accepted', accepted, amount);
  if (path === 'declined') {
    payment.add('payment.declined', 'declined', course.next(), { reason: 'insufficient_funds' });
    return history;
  }
  const authorised = course.next();
  payment.add('payment.authorised', 'authorised', authorised);
  post(postAuthorise({ ...about, amount }), authorised);
  if (path === 'held') return history;
  if (path === 'unknown') {
    payment.add('payment.unknown', 'unknown', course.next(), { call: 'capture' });
    if (shape.dispute === 'none') return history;
  }
  const ended = course.next();
  if (path === 'cancelled') {
    payment.add('payment.cancelled', 'cancelled', ended, { reason: 'cancelled' });
    return history;
  }
  payment.add('payment.captured', 'captured', ended, { capturedMinor: amountMinor, currency });
  post(postCapture({ key: `${paymentId}:capture:1`, paymentId, captured: amount, authorised: amount }), ended);
  refund({ shape, course, payment, history, post });
  dispute({ shape, course, payment, post });
  return history;
}

interface PartInput {
  shape: PaymentShape;
  course: Course;
  payment: ReturnType<typeof newEntity>;
  post: (posting: Posting, time: { at: Date; recordedAt: Date }) => void;
}

function refund({ shape, course, payment, history, post }: PartInput & { history: History }): void {
  if (shape.refund === 'none') return;
  const { _id: paymentId, tenantId } = payment;
  const amount: Money = { amountMinor: Math.ceil(shape.amountMinor / 3), currency: shape.currency };
  const refundId = newId('refund');
  const accepted = course.next();
  const entity = newEntity({ collection: 'refunds', _id: refundId, tenantId, fixed: { amount, paymentId } }, accepted);
  history.entities.push(entity);
  entity.add('refund.accepted', 'pending', accepted);
  if (shape.refund === 'pending') return;
  const ended = course.next();
  if (shape.refund === 'failed') return entity.add('refund.failed', 'failed', ended, { reason: 'refused' });
  entity.add('refund.succeeded', 'succeeded', ended);
  const key = `${refundId}:refund:1`;
  payment.add('payment.refund_succeeded', 'captured', ended, { refundId });
  post(postRefund({ key, paymentId, amount }), ended);
  if (shape.refund !== 'failed_late') return;
  const failed = course.next();
  entity.add('refund.failed_late', 'failed', failed);
  payment.add('payment.refund_failed_late', 'captured', failed, { refundId });
  post(postRefundReversal({ key: `${key}:failed`, paymentId, amount }), failed);
}

function dispute({ shape, course, payment: { _id: paymentId, add }, post }: PartInput): void {
  if (shape.dispute === 'none') return;
  const amount: Money = { amountMinor: Math.floor(shape.amountMinor / 2), currency: shape.currency };
  const opened = course.next();
  const stepOf = (standing: string, { at }: { at: Date }) => `dispute/dp_${paymentId}/${standing}/${at.getTime()}`;
  const keyOf = (standing: string, { at }: { at: Date }) => `dp_${paymentId}:${standing}:${at.getTime()}`;
  add('payment.disputed', 'captured', opened, { standing: 'open' }, stepOf('open', opened));
  post(postDispute({ key: keyOf('open', opened), paymentId, from: 'fulfilled', to: 'held', amount }), opened);
  if (shape.dispute === 'open') return;
  const closed = course.next();
  const to = shape.dispute === 'won' ? 'fulfilled' : 'refunded';
  add('payment.dispute_closed', 'captured', closed, { standing: shape.dispute }, stepOf(shape.dispute, closed));
  post(postDispute({ key: keyOf(shape.dispute, closed), paymentId, from: 'held', to, amount }), closed);
}
