// `npm run ledger:verify`: checks our books and compares them with the simulated gateway's own, item by item. Exits
// with 1 when anything differs.
import { runProduct } from './platform/run-product.ts';

runProduct('--verify-ledger');
