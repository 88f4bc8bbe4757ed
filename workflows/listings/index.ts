export { listingApproval, listingApproval as listingApprovalWorkflow } from './listing-approval';
