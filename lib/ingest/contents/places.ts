import { pairHash, serviceOf } from '../../domain/feeds/report-pairs'

/** A check in a Region that records of one document name. */
export interface Place {
  /** From 0 within the run. */
  number: number
  /** The check as its source names it. */
  control: string
  /** The Region of the problem, "global" for resources of global services. */
  region: string
  /** The Region that the record names. */
  ownRegion: string
  hash: number
  service: string
}

/** The distinct places of one document: hundreds, however many records there are. */
export class Places {
  readonly #byControl = new Map<string, Map<string, Place>>()
  readonly all: Place[] = []

  of(control: string, region: string, ownRegion: string): Place {
    let regions = this.#byControl.get(control)
    if (!regions) {
      regions = new Map()
      this.#byControl.set(control, regions)
    }
    const key = region === ownRegion ? region : `${region}/${ownRegion}`
    const known = regions.get(key)
    if (known) return known
    const number = this.all.length
    const place = { number, control, region, ownRegion, hash: pairHash(control, region), service: serviceOf(control) }
    regions.set(key, place)
    this.all.push(place)
    return place
  }
}

/** A set of small numbers, one bit each. */
export class Bits {
  #bytes = new Uint8Array(32)

  add(number: number): void {
    const at = number >> 3
    if (at >= this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, at + 1))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes[at] = (this.#bytes[at] ?? 0) | (1 << (number & 7))
  }

  has(number: number): boolean {
    return ((this.#bytes[number >> 3] ?? 0) & (1 << (number & 7))) !== 0
  }
}
