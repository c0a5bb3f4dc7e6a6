import { describe, expect, test } from 'vitest'
import common from '../../../lib/domain/sign-in/common-passwords.json'
import { passwordProblem } from '../../../lib/domain/sign-in/weak-password'

const hanako = { email: 'hanako.tanaka@example.co.jp', name: 'Hanako Tanaka', host: 'hinomi.kasumi-corp.example' }

describe('a password is refused that', () => {
  test.each([
    ['hanako.tanaka@example.co.jp', 'passwordMatch'],
    ['Hanako.Tanaka@example.co.jp1', 'passwordMatch'],
    ['TanakaHanako2026', 'passwordMatch'],
    ['hanako-tanaka!', 'passwordMatch'],
    ['Example2026!!!', 'passwordMatch'],
    ['kasumi-corp-1', 'passwordMatch'],
    ['hinomihinomi', 'passwordMatch'],
    ['ｈｉｎｏｍｉ20261126', 'passwordMatch'],
    ['passwordpassword', 'passwordMatch'],
    ['Password1234', 'passwordMatch'],
    ['Welcome-Hinomi-1', 'passwordMatch'],
    ['aaaaaaaaaaaa', 'passwordPattern'],
    [' '.repeat(12), 'passwordPattern'],
    ['123456789012', 'passwordPattern'],
    ['098765432109876', 'passwordPattern'],
    ['abcdefghijklmnop', 'passwordPattern'],
    ['qwertyuiopasdf', 'passwordPattern'],
    ['111111222222', 'passwordPattern'],
    ['1qaz2wsx3edc4rfv', 'passwordPattern'],
    ['blue7blue7blue7', 'passwordPattern'],
    ['パスワパスワパスワパスワ', 'passwordPattern'],
    ['leavemealone', 'passwordCommon'],
    ['LeaveMeAlone', 'passwordCommon'],
    ['leave me alone', 'passwordCommon'],
    ['leavemealone2026!', 'passwordCommon'],
  ])('is %s', (password, problem) => {
    expect(passwordProblem(password, hanako)).toBe(problem)
  })

  test('is in the list in any case', () => {
    const passwords = common.passwords.split(' ')
    expect(passwords.length).toBeGreaterThan(10_000)
    expect(passwords.filter(password => [...password].length < 12)).toEqual([])
    const through = passwords.filter(password => passwordProblem(password.toUpperCase(), hanako) === null)
    expect(through).toEqual([])
  })
})

test.each([
  'correct horse battery',
  'the lookout sees the smoke',
  'hinomi-demo-sign-in',
  'tanaka likes green tea',
  'Tq7#vLm2!xRz',
  'hinomi8f3k29x1q7',
  '春の海ひねもすのたりのたりかな',
])('%s is taken', password => {
  expect(passwordProblem(password, hanako)).toBeNull()
})
