import { controlTable } from '../controls/table'
import { standardRows } from './rows'

/** Every name under which a tool reports controls, those of the whole standard by default, with the control in lower case. */
export function controlsByName(
  controls: readonly string[] = standardRows.flatMap(row => row.controls),
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const control of controls) {
    const id = control.toLowerCase()
    names.set(control, id)
    for (const column of Object.values(controlTable.named(control)?.names ?? {})) {
      for (const name of Object.keys(column)) names.set(name, id)
    }
  }
  return names
}
