export { advanceClock } from './advance-clock';
