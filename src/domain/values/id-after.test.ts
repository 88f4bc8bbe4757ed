import { TypeID } from 'typeid-js';
import { v7 } from 'uuid';
import { isId } from '../ids';
import { idAfter } from './id-after';

const idAt = (atMs: number): string => TypeID.fromUUID('evt', v7({ msecs: atMs })).toString();

it('the text after an instant parts the ids of its millisecond from all later ones', () => {
  for (const atMs of [1, Date.parse('2026-03-29T00:59:59.999Z'), Date.parse('2499-12-31T23:59:59.999Z')]) {
    const after = idAfter('event', new Date(atMs));
    for (let round = 0; round < 50; round += 1) {
      expect(idAt(atMs) < after).toBe(true);
      expect(idAt(atMs + 1) > after).toBe(true);
    }
    expect(isId('event', after)).toBe(true);
  }
});

it.each(['1960-01-01T00:00:00Z', '0000-01-01T00:00:00Z'])('the text after %s comes before every id', (instant) => {
  expect(idAfter('event', new Date(instant)) < idAt(1)).toBe(true);
});
