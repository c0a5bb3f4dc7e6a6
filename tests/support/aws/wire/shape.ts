export type Kind =
  | 'structure'
  | 'list'
  | 'map'
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'blob'
  | 'document'
  | 'unit'
export type TimestampFormat = 'default' | 'date-time' | 'http-date' | 'epoch-seconds'

/** Traits of Smithy that decide how a value is written. https://smithy.io/2.0/spec/protocol-traits.html */
export interface Traits {
  jsonName?: string
  xmlName?: string
  xmlNamespace?: readonly [prefix: string | undefined, uri: string] | string
  xmlFlattened?: number
  xmlAttribute?: number
  ec2QueryName?: string
  http?: readonly [method: string, path: string, status: number]
  httpLabel?: number
  httpQuery?: string
  httpQueryParams?: number
  httpHeader?: string
  httpPrefixHeaders?: string
  httpPayload?: number
  httpResponseCode?: number
}

export interface Shape {
  kind: Kind
  name: string
  traits: Traits
  format: TimestampFormat
  /** Members of a structure by name. */
  members: () => ReadonlyMap<string, Shape>
  /** Elements of a list, or values of a map. */
  item: () => Shape
  key: () => Shape
}

type Schema = readonly unknown[]

const SIMPLE: Record<number, Kind> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  6: 'timestamp',
  7: 'timestamp',
  15: 'document',
  17: 'number',
  19: 'number',
  21: 'blob',
  42: 'blob',
}
const FORMATS: Record<number, TimestampFormat> = { 5: 'date-time', 6: 'http-date', 7: 'epoch-seconds' }
const LIST = 64
const MAP = 128
const BITS = [
  'httpLabel',
  'idempotent',
  'idempotencyToken',
  'sensitive',
  'httpPayload',
  'httpResponseCode',
  'httpQueryParams',
]

/** The shape behind a static schema of the AWS SDK, which each client publishes for its operations. */
function toShape(reference: unknown, outer: Traits = {}): Shape {
  let schema = resolve(reference)
  let traits = outer
  while (Array.isArray(schema) && (schema.length === 2 || schema[0] === 0)) {
    // A member with traits, or a simple type with a name: the outer traits win.
    const [inner, own] = schema.length === 2 ? [schema[0], schema[1]] : [schema[4], schema[3]]
    traits = { ...toTraits(own), ...traits }
    schema = resolve(inner)
  }
  if (typeof schema === 'number') return simpleShape(schema, traits)
  if (Array.isArray(schema)) return aggregateShape(schema, traits)
  return shape('unit', '', traits)
}

export interface OperationShape {
  name: string
  http: readonly [method: string, path: string, status: number] | null
  input: Shape
  output: Shape
}

export function toOperation(schema: Schema): OperationShape {
  return {
    name: String(schema[2]),
    http: toTraits(schema[3]).http ?? null,
    input: toShape(schema[4]),
    output: toShape(schema[5]),
  }
}

/** An operation of which no client is known. */
export function unknownOperation(name: string): OperationShape {
  return { name, http: null, input: shape('structure', '', {}), output: shape('structure', '', {}) }
}

function resolve(reference: unknown): unknown {
  return typeof reference === 'function' ? resolve((reference as () => unknown)()) : reference
}

function toTraits(value: unknown): Traits {
  if (typeof value === 'object' && value) return value
  const bits = Number(value ?? 0)
  return Object.fromEntries(BITS.filter((_, bit) => (bits >> bit) & 1).map(name => [name, 1]))
}

function simpleShape(code: number, traits: Traits): Shape {
  if (code >= MAP) return shape('map', '', traits, { item: () => simpleShape(code - MAP, {}) })
  if (code >= LIST) return shape('list', '', traits, { item: () => simpleShape(code - LIST, {}) })
  return shape(SIMPLE[code] ?? 'string', '', traits, { format: FORMATS[code] ?? 'default' })
}

function aggregateShape(schema: Schema, outer: Traits): Shape {
  const traits = { ...toTraits(schema[3]), ...outer }
  const name = String(schema[2])
  if (schema[0] === 1) return shape('list', name, traits, { item: once(() => toShape(schema[4])) })
  if (schema[0] === 2) {
    return shape('map', name, traits, { key: once(() => toShape(schema[4])), item: once(() => toShape(schema[5])) })
  }
  const names = schema[4] as readonly string[]
  const references = schema[5] as Schema
  const members = once(() => new Map(names.map((member, n) => [member, toShape(references[n])])))
  return shape('structure', name, traits, { members })
}

const TEXT: Shape = shape('string', '', {})

function shape(kind: Kind, name: string, traits: Traits, more: Partial<Shape> = {}): Shape {
  return { kind, name, traits, format: 'default', members: () => new Map(), item: () => TEXT, key: () => TEXT, ...more }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
