import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorTranslator, issueSentence } from '@/lib/locale'

const Form = z.strictObject({
  until: z.iso.date().optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  email: z.email().optional(),
})

async function sentencesOf(input: object, locale: 'en' | 'ja'): Promise<string[]> {
  const t = await errorTranslator(locale)
  return (Form.safeParse(input).error?.issues ?? []).map(issue => issueSentence(t, { ...issue }))
}

test('a field that there is not is named', async () => {
  expect(await sentencesOf({ colour: 'red', size: 1 }, 'en')).toEqual(['Unknown fields: colour, size.'])
  expect(await sentencesOf({ colour: 'red' }, 'ja')).toEqual(['不明な項目です: colour'])
})

test('a missing date or time has its own sentence', async () => {
  expect(await sentencesOf({ until: '' }, 'en')).toEqual(['Please enter a date.'])
  expect(await sentencesOf({ until: '' }, 'ja')).toEqual(['日付を入力してください。'])
  expect(await sentencesOf({ email: 'aki' }, 'en')).toEqual(['Please enter a valid e-mail address.'])
  expect((await sentencesOf({ at: '2026-11-01' }, 'en'))[0]).toContain('2026-11-01T09:00:00Z')
})
