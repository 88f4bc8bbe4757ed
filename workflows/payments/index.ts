export { processPayment } from './process-payment';
export { refundPayment } from './refund-payment';
