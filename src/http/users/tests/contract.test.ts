import { describeContract } from '../../../testing/contract/describe-contract';

describeContract({
  domain: 'users',
  bodies: {
    updateUser: { name: 'Ada', profile: { company: 'A' } },
    createOnboarding: { email: 'ada@example.com', name: 'Ada' },
    verifyEmail: { token: 'x' },
    updateOnboardingEmail: { email: 'lovelace@example.com' },
    submitProfile: { displayName: 'Ada' },
    rejectOnboarding: { reason: 'No' },
  },
  async seed({ api, tenant }) {
    const person = { email: 'grace@example.com', name: 'Grace' };
    const { body } = await api.call('post', '/onboardings', tenant.key).send(person);
    return { onboardingId: body.id, userId: body.userId };
  },
});
