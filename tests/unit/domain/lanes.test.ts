import { expect, test } from 'vitest'
import { Lanes } from '../../../lib/domain/imports/lanes'

/** Which of these, in their order, may run: '*' is a report whose accounts are not known, '!' one that runs, '?' one that steps aside. */
function free(...imports: string[]): string[] {
  const parsed = imports.map(text => ({
    accounts: text.includes('*') ? null : text.replace(/[!?]/, '').split('').filter(Boolean),
    runs: text.startsWith('!'),
    aside: text.startsWith('?'),
  }))
  return imports.filter((_, at) => {
    const lanes = new Lanes(parsed.filter(({ runs }) => runs))
    return parsed.map((each, n) => lanes.take(each, n === at && !each.aside)).includes(true)
  })
}

test.each([
  ['imports of different accounts', ['a', 'b', 'cd'], ['a', 'b', 'cd']],
  ['the first of those that share an account', ['a', 'ab', 'c'], ['a', 'c']],
  ['none behind one that waits for an earlier one', ['!a', 'ab', 'b'], []],
  ['none behind a report whose accounts are not known', ['*', 'a'], ['*']],
  ['no report whose accounts are not known while another runs', ['!a', '*', 'b'], []],
  ['those behind one that steps aside, but not beside one that runs', ['?a', 'a', '!b', 'b'], ['a']],
  ['those of no account beside any that is known', ['!a', ''], ['']],
])('may run: %s', (_what, imports, wanted) => {
  expect(free(...imports)).toEqual(wanted)
})
