import { type Role, roles } from '../../../lib/domain/people/role'
import type { TeamId } from '../../../lib/domain/people/team'
import type { Member } from '../../../lib/generated/prisma/client'
import { browser, signInAs, signOut } from '../browser'
import { ours } from '../organisation'
import { addMember } from '../people'

export interface Caller {
  /** The index of the answer in a row. */
  column: number
  role: Role
  /** Whether the caller has access to account A only. */
  limited: boolean
  member: Member
  session: string
  cookies: ReadonlyMap<string, { value: string }>
}

/** The columns of every row of the tables: an administrator is never limited to accounts. */
const COLUMNS: [Role, boolean][] = [
  ...roles.map((role): [Role, boolean] => [role, false]),
  ...roles.filter(role => role !== 'admin').map((role): [Role, boolean] => [role, true]),
]

export const ADMIN_COLUMN = roles.indexOf('admin')

/** A signed-in member for each column, by default of team SRE. */
export async function allCallers(teams?: TeamId[]): Promise<Caller[]> {
  const callers: Caller[] = []
  for (const column of COLUMNS.keys()) callers.push(await callerAt(column, teams))
  return callers
}

export async function callerAt(column: number, teams: TeamId[] = ['sre']): Promise<Caller> {
  const [role, limited] = COLUMNS[column] ?? ['viewer', true]
  const member = await addMember(role, { teams, limited, accounts: limited ? [ours] : [] })
  return { column, role, limited, member, ...(await signedIn(member)) }
}

/** Creates a session of a member; returns the cookies of its browser. */
export async function signedIn(member: { id: string }): Promise<Pick<Caller, 'session' | 'cookies'>> {
  signOut()
  const session = await signInAs(member)
  return { session, cookies: new Map(browser.cookies) }
}

/** Makes the next calls come from the browser of this session. */
export function resume({ cookies }: Pick<Caller, 'cookies'>): void {
  signOut()
  for (const [name, cookie] of cookies) browser.cookies.set(name, cookie)
}

/**
 * A row of expected answers, such as "403 403 ok ok ok | 403 403 404 404": viewer, auditor, member, lead and administrator
 * with access to every account, then viewer, auditor, member and lead with access to account A only.
 */
export function toAnswers(row: string): string[] {
  const answers = row.split(/[\s|]+/).filter(Boolean)
  if (answers.length !== COLUMNS.length) throw new Error(`a row has ${COLUMNS.length} answers: ${row}`)
  return answers
}

/** Answers formatted as a row, for a readable difference. */
export function toRow(answers: readonly string[]): string {
  return `${answers.slice(0, roles.length).join(' ')} | ${answers.slice(roles.length).join(' ')}`
}

/** A row with single spaces. */
export const normalRow = (row: string) => toRow(toAnswers(row))
