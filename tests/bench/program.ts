import { bundle } from '../../scripts/launch/bundle.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'

const compiled = new Map<string, Promise<string>>()

/** The compiled file of a program of this folder, so that it takes the time and memory of the product's worker. */
export function programOf(name: string): Promise<string> {
  const known = compiled.get(name)
  if (known) return known
  const file = fromRoot(`node_modules/.cache/hinomi-bench/${name}.cjs`)
  const made = bundle(fromRoot(`tests/bench/${name}.ts`), file).then(() => file)
  compiled.set(name, made)
  return made
}
