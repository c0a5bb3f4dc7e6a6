import { vendorOfHeader } from '../entrances/vendors'
import type { EffectiveRule } from './effects'
import { statementsIn } from './statements'

/** Other vendors whose headers rules read, as the address of the client or as a proof of where a request came from. */
export function vendorsInRules(rules: readonly EffectiveRule[]): string[] {
  const headers = rules.flatMap(({ statement }) =>
    [...statementsIn(statement)].flatMap(([, parts]) => headersIn(parts)),
  )
  return [...new Set(headers.flatMap(header => vendorOfHeader(header) ?? []))].sort()
}

function headersIn(parts: Readonly<Record<string, unknown>>): string[] {
  const forwarded = member(parts.ForwardedIPConfig, 'HeaderName')
  const inSet = member(member(parts, 'IPSetForwardedIPConfig'), 'HeaderName')
  const field = member(member(parts.FieldToMatch, 'SingleHeader'), 'Name')
  return [forwarded, inSet, field].filter(name => typeof name === 'string')
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}
