import type { Shape } from './shape'
import { dateOf, timestamp } from './timestamp'

/** rest-json uses the trait jsonName, aws-json does not. */
export type Names = 'jsonName' | 'member'

export function toJson(shape: Shape, value: unknown, names: Names): unknown {
  if (value === undefined || value === null) return undefined
  switch (shape.kind) {
    case 'structure':
      return objectOf(shape, value, names)
    case 'list':
      return (value as unknown[]).map(item => toJson(shape.item(), item, names) ?? null)
    case 'map':
      return mapValues(value, item => toJson(shape.item(), item, names))
    case 'timestamp':
      return timestamp(shape, value, 'epoch-seconds')
    case 'blob':
      return Buffer.from(value as Uint8Array).toString('base64')
    default:
      return value
  }
}

function objectOf(shape: Shape, value: unknown, names: Names): object {
  const result: Record<string, unknown> = {}
  for (const [name, member] of shape.members()) {
    const json = toJson(member, (value as Record<string, unknown>)[name], names)
    if (json !== undefined) result[nameOf(name, member, names)] = json
  }
  return result
}

export function fromJson(shape: Shape, json: unknown, names: Names): unknown {
  if (json === undefined || json === null) return undefined
  switch (shape.kind) {
    case 'structure': {
      const result: Record<string, unknown> = {}
      for (const [name, member] of shape.members()) {
        const value = fromJson(member, (json as Record<string, unknown>)[nameOf(name, member, names)], names)
        if (value !== undefined) result[name] = value
      }
      return result
    }
    case 'list':
      return (json as unknown[]).map(item => fromJson(shape.item(), item, names))
    case 'map':
      return mapValues(json, item => fromJson(shape.item(), item, names))
    case 'timestamp':
      return dateOf(json as string | number)
    case 'blob':
      return Buffer.from(String(json), 'base64')
    default:
      return json
  }
}

function nameOf(name: string, member: Shape, names: Names): string {
  return names === 'jsonName' ? (member.traits.jsonName ?? name) : name
}

function mapValues(value: unknown, change: (item: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, change(item)]))
}
