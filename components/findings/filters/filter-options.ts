import type { Option } from '../../ui/forms/select'

/** Choices of the filters that depend on stored data. */
export interface FilterOptions {
  accounts: Option[]
  people: Option[]
  controls: Option[]
}
