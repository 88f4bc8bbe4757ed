import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { createAdmission, type Admission } from './admission';

const request = ({ ip = '192.0.2.1', tenantId = 'ptn_1:live' } = {}) =>
  ({ ip, caller: { tenantId, scopes: ['read'] }, deadline: { isLate: false } }) as never as Request;

/** Returns the code with which the guard refuses the request, or `admitted`. */
function admit(guard: Admission['byTenant'], subject: Request, response = new EventEmitter()): string {
  try {
    let isAdmitted = false;
    void guard(subject, response as never as Response, () => (isAdmitted = true));
    return isAdmitted ? 'admitted' : 'held';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const times = (count: number, act: () => string): string[] => Array.from({ length: count }, act);

describe('the admission of requests', () => {
  it('gives a tenant, and an address before its caller is known, at most half of the places', () => {
    const { byTenant } = createAdmission({ maxInFlight: 8 });
    expect(times(5, () => admit(byTenant, request()))).toEqual([...times(4, () => 'admitted'), 'RATE_LIMITED']);
    expect(admit(byTenant, request({ tenantId: 'ptn_2:live' }))).toBe('admitted');
    const { byAddress } = createAdmission({ maxInFlight: 8 });
    expect(times(5, () => admit(byAddress, request()))).toEqual([...times(4, () => 'admitted'), 'RATE_LIMITED']);
    expect(admit(byAddress, request({ ip: '192.0.2.2' }))).toBe('admitted');
  });

  it('refuses everybody as overloaded, not as a fault of the database, when all places are taken', () => {
    const { byTenant } = createAdmission({ maxInFlight: 2 });
    for (const tenantId of ['a', 'b']) expect(admit(byTenant, request({ tenantId }))).toBe('admitted');
    expect(admit(byTenant, request({ tenantId: 'c' }))).toBe('OVERLOADED');
  });

  it('frees a place once: when it is released, when the response closes, or when the next guard admits', () => {
    const { byAddress, byTenant } = createAdmission({ maxInFlight: 4 });
    const subject = request();
    const response = new EventEmitter();
    expect([admit(byAddress, subject, response), admit(byTenant, subject, response)]).toEqual(['admitted', 'admitted']);
    // The place of the address is free again.
    expect(admit(byAddress, request())).toBe('admitted');
    subject.slot?.release();
    subject.slot?.release();
    response.emit('close');
    expect(times(3, () => admit(byTenant, request()))).toEqual(['admitted', 'admitted', 'RATE_LIMITED']);
  });

  describe('with requests that take their time', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());
    interface Met {
      guard: Admission['byTenant'];
      subject: Request;
      response: EventEmitter;
    }

    /** Lets 50 requests begin in each of 20 seconds, and `end` each a second later. Returns the admission. */
    function placesAfter(end: (met: Met) => void, by: 'byTenant' | 'byAddress' = 'byTenant'): Admission {
      const admission = createAdmission({ maxInFlight: 200 });
      const guard = admission[by];
      for (let second = 0; second < 20; second += 1) {
        const met = Array.from({ length: 50 }, () => ({
          guard,
          subject: { ...request(), deadline: { isLate: false } } as never as Request,
          response: new EventEmitter(),
        }));
        const admitted = met.filter(({ subject, response }) => admit(guard, subject, response) === 'admitted');
        jest.advanceTimersByTime(1000);
        admitted.forEach(end);
      }
      return admission;
    }
    const passDeadline = ({ subject }: Met): void => void Object.assign(subject.deadline, { isLate: true });

    it.each<[string, (met: Met) => void]>([
      [
        'have run out of their time',
        (met) => {
          passDeadline(met);
          met.subject.slot?.release();
        },
      ],
      ['were given up by their callers', ({ response }) => void response.emit('close')],
    ])('has fewer places, for which no tenant is to blame, while many %s', (_how, end) => {
      const admission = placesAfter(end);
      const places = admission.places();
      expect(places).toBeLessThan(20);
      const share = Math.ceil(places / 2);
      expect(times(share + 1, () => admit(admission.byTenant, request()))).toEqual([
        ...times(share, () => 'admitted'),
        'OVERLOADED',
      ]);
    });

    it.each<[string, (met: Met) => void, 'byTenant' | 'byAddress']>([
      ['are done in time', ({ subject }) => subject.slot?.release(), 'byTenant'],
      [
        'are done, and their responses are read slowly',
        (met) => {
          met.subject.slot?.release();
          passDeadline(met);
          met.response.emit('close');
        },
        'byTenant',
      ],
      [
        'are refused by a guard before any work',
        (met) => {
          passDeadline(met);
          met.response.emit('close');
        },
        'byAddress',
      ],
    ])('has all its places while many %s', (_how, end, guard) => {
      expect(placesAfter(end, guard).places()).toBe(200);
    });
  });
});
