/**
 * Audit actions that members are notified of if they concern their own account: OWASP ASVS 5.0, 6.3.5 and 6.3.7.
 * `session.start` counts only on a new device.
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

/** How long a notice stays on the member's profile. */
export const NOTICE_DAYS = 90

/** A change of the reader's own account. */
export interface Notice {
  id: string
  at: Date
  action: NoticeAction
  /** Whether the reader did it, according to the session. */
  isOwn: boolean
  /** The name of another actor; null for the reader and for an unknown actor. */
  by: string | null
  /** The address; null if somebody else did it. */
  ip: string | null
  device: string | null
  /** The subject, such as a token or a provider. */
  name: string | null
  /** The roles before and after, if the role changed. */
  role: { before: string; after: string } | null
}
