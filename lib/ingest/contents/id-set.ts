const LOAD = 0.6

/** 64 bits that represent an account and an id, as two unsigned halves. */
export type Key = readonly [high: number, low: number]

/** `hex`: hexadecimal digits without dashes. Ids are unique within an account only. */
export function keyOf(accountId: string, hex: string): Key {
  const account = Number(accountId)
  const high = Number.parseInt(hex.slice(0, 8), 16) ^ (account % 2 ** 32)
  const low = Number.parseInt(hex.slice(8, 16), 16) ^ Math.floor(account / 2 ** 32)
  return [high >>> 0, low >>> 0]
}

/** The same for an id whose bytes begin at `from`; `account` is the account id as a number. */
export function keyOfBytes(account: number, bytes: Buffer, from: number): Key {
  const high = bytes.readUInt32BE(from) ^ (account % 2 ** 32)
  const low = bytes.readUInt32BE(from + 4) ^ Math.floor(account / 2 ** 32)
  return [high >>> 0, low >>> 0]
}

/** A set of 64-bit keys in two typed arrays: a million ids take 27 MB, in a Set of strings more than 100 MB. */
export class IdSet {
  size = 0
  #mask: number
  #high: Uint32Array
  #low: Uint32Array
  #used: Uint8Array

  constructor(capacity = 1024) {
    let slots = 1024
    while (slots * LOAD < capacity) slots *= 2
    this.#mask = slots - 1
    this.#high = new Uint32Array(slots)
    this.#low = new Uint32Array(slots)
    this.#used = new Uint8Array(slots)
  }

  #slot(high: number, low: number): number {
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask
    while (this.#used[at] === 1 && (this.#high[at] !== high || this.#low[at] !== low)) at = (at + 1) & this.#mask
    return at
  }

  /** False where the set had the key already. */
  add(high: number, low: number): boolean {
    if (this.size >= this.#used.length * LOAD) this.#grow()
    return this.#put(high, low)
  }

  has(high: number, low: number): boolean {
    return this.#used[this.#slot(high, low)] === 1
  }

  #put(high: number, low: number): boolean {
    const at = this.#slot(high, low)
    if (this.#used[at] === 1) return false
    this.#used[at] = 1
    this.#high[at] = high
    this.#low[at] = low
    this.size++
    return true
  }

  #grow(): void {
    const [high, low, used] = [this.#high, this.#low, this.#used]
    const slots = used.length * 2
    this.#mask = slots - 1
    this.#high = new Uint32Array(slots)
    this.#low = new Uint32Array(slots)
    this.#used = new Uint8Array(slots)
    this.size = 0
    for (let i = 0; i < used.length; i++) if (used[i] === 1) this.#put(high[i] ?? 0, low[i] ?? 0)
  }
}
