// `npm run search:rebuild`: builds the search index of listings anew beside the old one, and swaps the two. Searches
// and changes go on meanwhile. Exits with 1 when the new index still differs at the end.
import { runProduct } from './platform/run-product.ts';

runProduct('--rebuild-search');
