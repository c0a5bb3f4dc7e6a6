import { expect, test } from 'vitest'
import { checkById, checkByName } from '../../../lib/sources/trusted-advisor/checks'
import checks from '../../../lib/sources/trusted-advisor/checks.json'
import japanese from '../../../lib/sources/trusted-advisor/names-ja.json'

test('every check has an English and a Japanese name, and every name belongs to one check', () => {
  const names = new Map<string, readonly string[]>(Object.entries(japanese))
  expect([...names.keys()].toSorted()).toEqual(Object.keys(checks).toSorted())
  for (const [id, { name }] of Object.entries(checks)) {
    const check = checkById(id)
    expect(check?.name).toBe(name)
    for (const each of [name, ...(names.get(id) ?? [])]) expect(checkByName(each), each).toBe(check)
  }
})
