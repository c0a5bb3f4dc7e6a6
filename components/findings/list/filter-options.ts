import type { Option } from '../../ui/forms/select'

/** What the filters of a list of findings offer beyond the fixed words of the domain. */
export interface FilterOptions {
  accounts: Option[]
  people: Option[]
  controls: Option[]
}
