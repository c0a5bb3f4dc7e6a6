import fc from 'fast-check'

/** More runs of every property for a thorough search, such as HINOMI_TEST_RUNS=20. */
export const runs = (count: number) => count * Math.max(1, Number(process.env.HINOMI_TEST_RUNS) || 1)

/** Text that has broken readers: names of the prototype, what a database refuses, placeholders, ids beyond any limit. */
export const hostileText = fc.constantFrom(
  '',
  ' ',
  '\u3000\u00a0',
  '\0',
  '\ud800',
  'a\udc00b',
  '\u202e\u200b',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'NaN',
  'Infinity',
  '-1',
  '0x10',
  '1e999',
  'null',
  'undefined',
  'true',
  '<finding_uid>',
  '$(AccountId)',
  '{{account}}',
  'arn:',
  'arn:aws:::::',
  'arn:aws:s3:::',
  'arn:aws:iam::123456789012:root',
  '123456789012',
  '１２３４５６７８９０１２',
  'javascript:alert(1)',
  'https://[',
  '=cmd|calc',
  '%',
  '%E0%A4%A',
  '1999-12-31T23:59:59Z',
  '2099-01-01T00:00:00Z',
  '2025-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '🏯'.repeat(700),
  '鬼'.repeat(1500),
  'x'.repeat(2048),
  'x'.repeat(2049),
  'us-'.repeat(1000).slice(0, -1),
  `us${'-east'.repeat(300)}`,
  `arn:aws:ec2:us-east-1:123456789012:instance/i-${'0'.repeat(3000)}`,
  'x'.repeat(20_000),
)

const hostileNumber = fc.constantFrom(
  0,
  -0,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  4_102_444_800,
  4_102_444_800_000,
  123_456_789_012,
)

const hostileObject = fc.constantFrom<unknown>(
  { toString: 1 },
  { valueOf: null, toString: null },
  { length: -1 },
  { toJSON: 1 },
  { constructor: 1 },
  JSON.parse('{"__proto__": {"polluted": true}}'),
  JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
  [],
  {},
  [null],
  [[]],
  [[[[['deep']]]]],
  Array.from({ length: 1200 }, (_, n) => n),
)

const hostileValue = fc.oneof(
  { weight: 6, arbitrary: hostileText },
  { weight: 3, arbitrary: hostileNumber },
  { weight: 3, arbitrary: hostileObject },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

type Path = readonly string[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' ? Reflect.get(Object(inner), key) : null),
    value,
  )
}

/** Changes the entries of the object or array in which a path ends. Keys such as __proto__ are keys like others. */
function changed(
  value: unknown,
  [key, ...rest]: Path,
  change: (entry: [string, unknown]) => [string, unknown][],
): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap((entry): [string, unknown][] => {
    if (entry[0] !== key) return [entry]
    return rest.length === 0 ? change(entry) : [[key, changed(entry[1], rest, change)]]
  })
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

/** An array with no elements, or with all of them many times over; other values in an array. */
function multiplied(value: unknown, times: number): unknown[] {
  const items = Array.isArray(value) ? value : [value]
  return Array.from({ length: times }, () => items).flat()
}

const mutation = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'rename', 'copy', 'multiply', 'wrap'),
  place: fc.nat(),
  other: fc.nat(),
  by: hostileValue,
  name: hostileText,
  times: fc.constantFrom(0, 2, 20),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

function mutate(record: unknown, { kind, place, other, by, name, times }: Mutation): unknown {
  const paths = pathsOf(record)
  const path = paths[place % paths.length] ?? []
  const from = paths[other % paths.length] ?? []
  if (path.length === 0) return kind === 'replace' && place % 7 === 0 ? by : record
  return changed(record, path, ([key, value]) => {
    switch (kind) {
      case 'remove':
        return []
      case 'rename':
        return [[from.length > 0 && times > 0 ? (from.at(-1) ?? name) : name, value]]
      case 'copy':
        return [[key, at(record, from)]]
      case 'multiply':
        return [[key, multiplied(value, times)]]
      case 'wrap':
        return [[key, { [key]: value }]]
      default:
        return [[key, by]]
    }
  })
}

/** A record of these with one to four random changes. */
export function mutated(records: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat(records.length - 1), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([index, mutations]) => mutations.reduce(mutate, structuredClone(records[index])))
}

/** Undefined stands for a value that is removed. */
const breaking: readonly unknown[] = [
  'constructor',
  { toString: 1 },
  undefined,
  null,
  '__proto__',
  '',
  '\0',
  -1,
  true,
  [],
  {},
]

/** A record with each of its values in turn replaced by what breaks readers most easily. */
export function* eachReplaced(record: unknown): Generator<unknown> {
  const replacements = breaking.slice(0, runs(2))
  for (const path of pathsOf(record)) {
    if (path.length === 0) continue
    for (const by of replacements) yield changed(record, path, ([key]) => (by === undefined ? [] : [[key, by]]))
  }
}
