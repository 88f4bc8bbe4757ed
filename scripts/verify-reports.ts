// `npm run reports:verify`: rebuilds what reports count from its source and compares. Exits with 1 when anything
// differs.
import { runProduct } from './platform/run-product.ts';

runProduct('--verify-reports');
