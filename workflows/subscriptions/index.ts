export { subscription } from './subscription';
export { subscriptionPayment } from './subscription-payment';
