import { assert, constantFrom, nat, property, string } from 'fast-check';
import { newId } from '../../domain/ids';
import { readVerificationToken, signVerificationToken } from './verification-token';

const secret = 'one secret of many';
const onboardingId = newId('onboarding');

describe('a verification token', () => {
  it('is deterministic, and only the same secret reads it', () => {
    const token = signVerificationToken({ secret, onboardingId, generation: 3 });
    expect(signVerificationToken({ secret, onboardingId, generation: 3 })).toBe(token);
    expect(token.length).toBeLessThanOrEqual(200);
    expect(readVerificationToken({ secret, token })).toEqual({ onboardingId, generation: 3 });
    expect(readVerificationToken({ secret: 'another', token })).toBeNull();
  });

  it('is invalid once a single character is changed', () => {
    const token = signVerificationToken({ secret, onboardingId, generation: 1 });
    assert(
      property(nat(token.length - 1), constantFrom('0', 'A', 'a', '.', '-', '_', 'z', '9', 'B'), (place, character) => {
        const changed = token.slice(0, place) + character + token.slice(place + 1);
        return changed === token || readVerificationToken({ secret, token: changed }) === null;
      }),
    );
  });

  it('is not recognised in any other text', () => {
    assert(property(string(), (token) => readVerificationToken({ secret, token }) === null));
  });
});
