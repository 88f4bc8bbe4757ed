import { defaultExpirySettings, storedExpirySettings } from './expiry-settings';
import { partnerListingsOf, requirePartnerListings } from '../partner-listings';

it('reminds first what is furthest from the end, in whatever order the days were sent', () => {
  const sent = { remindDays: [1, 30, 3] };
  expect(storedExpirySettings(sent)).toEqual({ remindDays: [30, 3, 1] });
  expect(sent.remindDays).toEqual([1, 30, 3]);
  expect(requirePartnerListings({ remindDays: [2, 10] })).toEqual({ remindDays: [10, 2] });
});

it('leaves out what was not sent, and sends no reminder where the days are none', () => {
  expect(storedExpirySettings({ noticeAt: '18:30' })).toEqual({ noticeAt: '18:30' });
  expect(storedExpirySettings({ remindDays: [] })).toEqual({ remindDays: [] });
});

it('has the defaults until a partner sets others, each by itself', () => {
  expect(partnerListingsOf(null)).toMatchObject({ graceDays: 30, remindDays: [7, 1], noticeAt: '09:00' });
  expect(partnerListingsOf({ graceDays: 0 })).toMatchObject({ ...defaultExpirySettings, graceDays: 0 });
});
