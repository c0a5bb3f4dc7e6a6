/**
 * Kinds of change that a member is told about when they concern their own account: OWASP ASVS 5.0, 6.3.5 and 6.3.7. As in the
 * audit log. Of session.start only that in a new device counts.
 */
export const noticeActions = [
  'session.start',
  'session.locked',
  'profile.password',
  'member.reset',
  'member.set-password',
  'member.update',
  'member.unlock',
  'token.create',
  'token.revoke',
  'token.transfer',
  'identity.bind',
  'identity.refuse',
  'identity.unbind',
  'factor.add',
  'factor.replace',
  'factor.remove',
  'factor.codes',
  'factor.code-used',
  'member.reset-factors',
  'passkey.create',
  'passkey.remove',
] as const

export type NoticeAction = (typeof noticeActions)[number]

export function isNoticeAction(action: string): action is NoticeAction {
  return noticeActions.some(each => each === action)
}

/** For so long a member reads of it on their profile. */
export const NOTICE_DAYS = 90

/** What happened to the reader's own account. */
export interface Notice {
  id: string
  at: Date
  action: NoticeAction
  /** Whether the reader did it, by what the session says. */
  isOwn: boolean
  /** Who else did it; null for the reader and for nobody known. */
  by: string | null
  /** Where from; null where somebody else did it. */
  ip: string | null
  device: string | null
  /** What it was about, such as a token or a provider. */
  name: string | null
  /** The roles before and after, where it changed. */
  role: { before: string; after: string } | null
}
