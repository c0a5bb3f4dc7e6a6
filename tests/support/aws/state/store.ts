import { KEYS, type RecordKind, type Records } from './records'
import { DEFAULTS, type SettingName, type Settings } from './settings'

/** An account in a Region; without a Region what the account has once. */
export interface Place {
  account: string
  region?: string
}

/** What the emulator knows of services that moto does not have. Nothing is shared between accounts and Regions. */
export class Store {
  readonly #records = new Map<string, Map<unknown, unknown>>()
  readonly #settings = new Map<string, unknown>()

  /** Adds records; one with the key of an earlier one replaces it. */
  put<K extends RecordKind>(kind: K, place: Place, ...records: Records[K][]): void {
    const at = addressOf(kind, place)
    const all = this.#records.get(at) ?? new Map()
    for (const record of records) all.set(KEYS[kind](record), record)
    this.#records.set(at, all)
  }

  list<K extends RecordKind>(kind: K, place: Place): Records[K][] {
    return [...(this.#records.get(addressOf(kind, place))?.values() ?? [])] as Records[K][]
  }

  /** Removes the records that fit; all of the kind without a test. */
  remove<K extends RecordKind>(kind: K, place: Place, fits: (record: Records[K]) => boolean = () => true): void {
    const all = this.#records.get(addressOf(kind, place))
    for (const [key, record] of all ?? []) if (fits(record as Records[K])) all?.delete(key)
  }

  /** Every place that has records of a kind. */
  places(kind: RecordKind): Place[] {
    const found = [...this.#records.keys()].map(address => address.split(' '))
    return found
      .filter(([name]) => name === kind)
      .map(([, account = '', region]) => ({ account, ...(region ? { region } : {}) }))
  }

  set<N extends SettingName>(name: N, place: Place, value: Settings[N]): void {
    this.#settings.set(addressOf(name, place), value)
  }

  get<N extends SettingName>(name: N, place: Place): Settings[N] {
    return (this.#settings.get(addressOf(name, place)) as Settings[N] | undefined) ?? DEFAULTS[name]
  }

  clear(): void {
    this.#records.clear()
    this.#settings.clear()
  }
}

function addressOf(name: string, { account, region = '' }: Place): string {
  return `${name} ${account} ${region}`
}
