export { listingExpiration, listingExpiration as listingExpirationWorkflow } from './listing-expiration';
export { listingApproval, listingApproval as listingApprovalWorkflow } from './listing-approval';
