/** A resource of a control, as a record without a Region names it. */
interface ControlResource {
  control: string
  resource: { id: string }
}

/** The Region in which a resource of a control is known. */
interface ResourceRegion extends ControlResource {
  region: string
}

/**
 * The only Region of the account in which a resource is known: of its control, or else by the resource's name alone.
 */
export class ResourceRegions {
  readonly #byControl: ReadonlyMap<string, string>

  constructor(
    resources: readonly ResourceRegion[],
    private readonly byName: ReadonlyMap<string, string>,
  ) {
    this.#byControl = new Map(resources.map(known => [keyOf(known), known.region]))
  }

  get(record: ControlResource): string | undefined {
    return this.#byControl.get(keyOf(record)) ?? this.byName.get(record.resource.id)
  }
}

function keyOf({ control, resource }: ControlResource): string {
  return `${control}\u0000${resource.id}`
}
