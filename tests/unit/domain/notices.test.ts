import { expect, test } from 'vitest'
import { noticeActions } from '@/lib/domain/people/notices'
import en from '@/messages/en.json'
import ja from '@/messages/ja.json'

/** Names such as session.start, of a tree of nouns and verbs. */
const namesIn = (tree: Record<string, Record<string, string>>) =>
  Object.entries(tree).flatMap(([noun, verbs]) => Object.keys(verbs).map(verb => `${noun}.${verb}`))

test('every kind of notice has a sentence in both languages, and is a kind of change in the audit log', () => {
  for (const messages of [en, ja]) {
    expect(namesIn(messages.notices.kinds).sort()).toEqual([...noticeActions].sort())
    expect(namesIn(messages.audit.actions)).toEqual(expect.arrayContaining([...noticeActions]))
  }
})

/** Changes of how somebody signs in that are no news to them by themselves. */
const SILENT = [
  'session.end',
  'session.refused',
  'session.verify',
  'session.verify-refused',
  'session.pending',
  'session.enrolment',
  'profile.update',
  'profile.refused',
  'profile.end-sessions',
  'passkey.rename',
]
const ABOUT_SIGN_IN = /^(session|profile|identity|passkey|totp|factor|second-factor|recovery|recovery-code)\./

test('every change of the sign-in of a member is a notice', () => {
  const told: readonly string[] = [...noticeActions, ...SILENT]
  expect(namesIn(en.audit.actions).filter(name => ABOUT_SIGN_IN.test(name) && !told.includes(name))).toEqual([])
})
