import type { Shape } from './shape'
import { timestamp } from './timestamp'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, character => ESCAPES[character] ?? character)
}

/** An element with a value inside. Lists that are flattened become several elements of that name. */
export function toXml(name: string, shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return ''
  switch (shape.kind) {
    case 'structure':
      return element(name, childrenOf(shape, value), attributesOf(shape, value))
    case 'list':
      return listOf(name, shape, value as unknown[])
    case 'map':
      return mapOf(name, shape, value as Record<string, unknown>)
    case 'timestamp':
      return element(name, String(timestamp(shape, value, 'date-time')))
    case 'blob':
      return element(name, Buffer.from(value as Uint8Array).toString('base64'))
    default:
      return element(name, escapeXml(String(value)))
  }
}

/** What stands between the tags of a structure. */
export function childrenOf(shape: Shape, value: unknown): string {
  return [...shape.members()]
    .filter(([, member]) => !member.traits.xmlAttribute)
    .map(([name, member]) => toXml(member.traits.xmlName ?? name, member, (value as Record<string, unknown>)[name]))
    .join('')
}

function attributesOf(shape: Shape, value: unknown): string {
  return [...shape.members()]
    .filter(([, member]) => member.traits.xmlAttribute)
    .map(([name, member]) => {
      const text = (value as Record<string, unknown>)[name]
      return text === undefined ? '' : ` ${member.traits.xmlName ?? name}="${escapeXml(String(text))}"`
    })
    .join('')
}

function listOf(name: string, shape: Shape, items: unknown[]): string {
  const item = shape.item()
  if (shape.traits.xmlFlattened) return items.map(value => toXml(name, item, value)).join('')
  return element(name, items.map(value => toXml(item.traits.xmlName ?? 'member', item, value)).join(''))
}

function mapOf(name: string, shape: Shape, map: Record<string, unknown>): string {
  const [keyShape, item] = [shape.key(), shape.item()]
  const entries = Object.entries(map).map(([key, value]) =>
    element(
      shape.traits.xmlFlattened ? name : 'entry',
      toXml(keyShape.traits.xmlName ?? 'key', keyShape, key) + toXml(item.traits.xmlName ?? 'value', item, value),
    ),
  )
  return shape.traits.xmlFlattened ? entries.join('') : element(name, entries.join(''))
}

function element(name: string, inside: string, attributes = ''): string {
  return `<${name}${attributes}>${inside}</${name}>`
}
