export { userOnboarding } from './onboarding/user-onboarding';
