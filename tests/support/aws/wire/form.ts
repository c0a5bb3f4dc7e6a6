import type { Shape } from './shape'
import { dateOf } from './timestamp'

export type FormStyle = 'query' | 'ec2'

/** The input of an operation from the form that the protocols "query" and "ec2" send. */
export function fromForm(shape: Shape, form: URLSearchParams, style: FormStyle): Record<string, unknown> {
  return read(shape, form, [...form.keys()], '', style) as Record<string, unknown>
}

function read(shape: Shape, form: URLSearchParams, keys: string[], path: string, style: FormStyle): unknown {
  if (path && !keys.some(key => key === path || key.startsWith(`${path}.`))) return undefined
  const at = (name: string) => (path ? `${path}.${name}` : name)
  const text = form.get(path) ?? ''
  switch (shape.kind) {
    case 'structure': {
      const result: Record<string, unknown> = {}
      for (const [name, member] of shape.members()) {
        const value = read(member, form, keys, at(keyOf(name, member, style)), style)
        if (value !== undefined) result[name] = value
      }
      return result
    }
    case 'list': {
      const item = shape.item()
      const isFlat = style === 'ec2' || shape.traits.xmlFlattened
      return numbered(index =>
        read(item, form, keys, at(isFlat ? index : `${item.traits.xmlName ?? 'member'}.${index}`), style),
      )
    }
    case 'map': {
      const entries = numbered(index => {
        const entry = at(shape.traits.xmlFlattened ? index : `entry.${index}`)
        const key = read(shape.key(), form, keys, `${entry}.${shape.key().traits.xmlName ?? 'key'}`, style)
        const value = read(shape.item(), form, keys, `${entry}.${shape.item().traits.xmlName ?? 'value'}`, style)
        return key === undefined ? undefined : [String(key), value]
      })
      return Object.fromEntries(entries as [string, unknown][])
    }
    case 'number':
      return Number(text)
    case 'boolean':
      return text === 'true'
    case 'timestamp':
      return dateOf(text)
    case 'blob':
      return Buffer.from(text, 'base64')
    default:
      return text
  }
}

function keyOf(name: string, member: Shape, style: FormStyle): string {
  if (style === 'query') return member.traits.xmlName ?? name
  const key = member.traits.ec2QueryName ?? member.traits.xmlName ?? name
  return key.charAt(0).toUpperCase() + key.slice(1)
}

function numbered(at: (index: string) => unknown): unknown[] {
  const items: unknown[] = []
  for (let index = 1; ; index++) {
    const item = at(String(index))
    if (item === undefined) return items
    items.push(item)
  }
}
