/**
 * A number of places that tenants share: a tenant may take one only while it holds fewer than are free. So one tenant
 * has half of them at most, the next half of the rest, and a tenant that holds none always finds one while any is left.
 */
export class TenantPlaces {
  private readonly heldBy = new Map<string, number>();
  private held = 0;

  constructor(private readonly count: number) {}

  /** Takes a place; returns false when the tenant has its share. Every place taken has to be given back. */
  take(tenantId: string): boolean {
    const ofTenant = this.heldBy.get(tenantId) ?? 0;
    if (ofTenant >= this.count - this.held) return false;
    this.heldBy.set(tenantId, ofTenant + 1);
    this.held += 1;
    return true;
  }

  giveBack(tenantId: string): void {
    const ofTenant = this.heldBy.get(tenantId) ?? 0;
    if (ofTenant <= 1) this.heldBy.delete(tenantId);
    else this.heldBy.set(tenantId, ofTenant - 1);
    this.held -= 1;
  }
}
