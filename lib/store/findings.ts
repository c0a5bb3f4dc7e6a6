import 'server-only'
import type { Access } from '../access/proof'
import type {
  AddComment,
  AssignFindings,
  ChangeResult,
  SetDueAt,
  SetStatus,
  SetTeam,
  TakeFinding,
} from '../domain/finding-change'
import { AppError } from '../errors'

function soon(...input: unknown[]): never {
  throw new AppError('unavailable', { reason: JSON.stringify(input) })
}

export async function assignFindings(access: Access<'findings:triage'>, input: AssignFindings): Promise<ChangeResult> {
  return soon(access.ip, input)
}

export async function takeFinding(access: Access<'findings:triage'>, input: TakeFinding): Promise<ChangeResult> {
  return soon(access.ip, input)
}

export async function setStatus(access: Access<'findings:triage'>, input: SetStatus): Promise<ChangeResult> {
  return soon(access.ip, input)
}

export async function setTeam(access: Access<'findings:triage'>, input: SetTeam): Promise<ChangeResult> {
  return soon(access.ip, input)
}

export async function setDueAt(access: Access<'findings:triage'>, input: SetDueAt): Promise<ChangeResult> {
  return soon(access.ip, input)
}

export async function addComment(access: Access<'findings:triage'>, input: AddComment): Promise<ChangeResult> {
  return soon(access.ip, input)
}
