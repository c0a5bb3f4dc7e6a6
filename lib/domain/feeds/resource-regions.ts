/** A resource of a control, named by a record without a Region. */
export function regionKey({ control, resource }: { control: string; resource: { id: string } }): string {
  return `${control}\u0000${resource.id}`
}

/**
 * The only Region of the account in which a resource is known, by regionKey, and otherwise by the resource's name
 * alone.
 */
export class ResourceRegions {
  constructor(
    private readonly byRule: ReadonlyMap<string, string>,
    private readonly byName: ReadonlyMap<string, string>,
  ) {}

  get(key: string): string | undefined {
    return this.byRule.get(key) ?? this.byName.get(key.slice(key.indexOf('\u0000') + 1))
  }
}
