export { userOnboarding } from './user-onboarding';
