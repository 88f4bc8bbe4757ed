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

  it('has fewer places, for which no tenant is to blame, while many requests end too late', () => {
    jest.useFakeTimers();
    const admission = createAdmission({ maxInFlight: 100 });
    const late = () => ({ ...request(), deadline: { isLate: true } }) as never as Request;
    for (let second = 0; second < 20; second += 1) {
      const responses = Array.from({ length: 50 }, () => new EventEmitter());
      for (const response of responses) admit(admission.byTenant, late(), response);
      jest.advanceTimersByTime(1000);
      for (const response of responses) response.emit('close');
    }
    const places = admission.places();
    expect(places).toBeLessThan(20);
    const share = Math.ceil(places / 2);
    expect(times(share + 1, () => admit(admission.byTenant, request()))).toEqual([
      ...times(share, () => 'admitted'),
      'OVERLOADED',
    ]);
    jest.useRealTimers();
  });
});
