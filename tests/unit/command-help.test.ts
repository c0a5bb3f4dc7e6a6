import { expect, test } from 'vitest'
import { z } from 'zod'
import en from '@/messages/en.json'
import ja from '@/messages/ja.json'
import { sentenceOf } from '@/scripts/hinomi/error-sentence'
import { helpOf } from '@/scripts/hinomi/help'

const commandsOf = (help: string) =>
  [...help.matchAll(/hinomi -- (\w[\w-]*(?: [a-z][a-z-]+)?)/g)].map(([, name]) => name)

test.each([
  [['collect', '--help'], ['collect']],
  [
    ['token', 'create'],
    ['token create', 'token create', 'token create'],
  ],
  [['keys', 'list'], ['keys list']],
  [['keys'], ['keys list', 'keys rotate', 'keys reseal', 'keys prune']],
  [['backup', 'a.backup'], ['backup']],
])('the help of %j is about nothing else', (args, commands) => {
  for (const { cli } of [en, ja]) expect(commandsOf(helpOf(cli.help, args))).toEqual(commands)
})

test('without a command, and of an unknown one, it is the whole help', () => {
  expect(helpOf(en.cli.help, [])).toBe(en.cli.help)
  expect(helpOf(en.cli.help, ['colect'])).toBe(en.cli.help)
})

test('the options of a command belong to its help', () => {
  expect(helpOf(en.cli.help, ['collect'])).toContain('--region        only this Region')
  expect(helpOf(en.cli.help, ['token'])).toContain('--days')
})

test('an account ID that is none is refused with its form', async () => {
  const { error } = z.object({ account: z.array(z.string().length(12)) }).safeParse({ account: ['123'] })
  const sentence = await sentenceOf(error, 'en', ['collect', '--account', '123'])
  expect(sentence.split('\n')[0]).toBe('Invalid value: --account. An account ID has 12 digits.')
  expect(commandsOf(sentence)).toEqual(['collect'])
})
