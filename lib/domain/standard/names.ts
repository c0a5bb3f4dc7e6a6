import { controlTable } from '../controls/table'
import { standardRows } from './rows'

/** Every name under which a tool reports a control of the standard, with that control in lower case. */
export function controlsByName(): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const control of standardRows.flatMap(({ controls }) => controls)) {
    const id = control.toLowerCase()
    names.set(control, id)
    for (const column of Object.values(controlTable.named(control)?.names ?? {})) {
      for (const name of Object.keys(column)) names.set(name, id)
    }
  }
  return names
}
