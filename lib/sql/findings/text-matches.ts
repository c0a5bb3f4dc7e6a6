import 'server-only'
import { accessKindsTitled } from '../../domain/controls/text/access-titles'
import { controlsTitled } from '../../domain/controls/text/titles'
import { MASK } from '../../domain/findings/search/search-texts'
import { resourceNameOf } from '../../domain/identity/resource-name'
import { Prisma } from '../../generated/prisma/client'
import { likeText } from '../contains'
import { readPrimary } from '../read'
import { among, storable } from './among'
import { type Alternative, haveFew } from './few'

type Sql = Prisma.Sql
const { sql } = Prisma

const SEARCHED = sql`(f.resource_name || ' ' || f.package_name)`

/**
 * Searches names of resources and packages, words of incidents, titles in the reports and of controls in each language, ids of
 * controls, descriptions and tags. Three or more characters match anywhere, two if one of them is beyond ASCII; fewer match the
 * beginning of a name, because the index holds trigrams and a beginning is one. A whole ARN or account id matches as such. Returns
 * alternatives: each has an index of its own, and one condition of all of them would have none.
 */
export async function textMatches(text: string): Promise<Alternative[]> {
  if (!storable(text)) return []
  const described = text.startsWith('arn:') ? [] : await describedMatches(text)
  return [...(await namedMatches(text)), ...described]
}

async function namedMatches(text: string): Promise<Alternative[]> {
  const titled = /^(arn:|\d{12}$)/.test(text) ? [] : await titleMatches(text)
  const words = namesAndWords(text)
  if (titled !== 'many')
    return [
      ...words.map(condition => ({ condition, few: false, severe: true as const })),
      ...titled.map(condition => ({ condition, few: false })),
    ]
  const [named, ...others] = words
  const either = sql`(${named ?? sql`FALSE`} OR (f.control, f.title) IN (${titlesOf(text)}))`
  return [either, ...others].map(condition => ({ condition, few: false }))
}

/** Findings with the text in the name of a resource or package, then those with it among the words of an incident. */
function namesAndWords(text: string): Sql[] {
  if (/^\d{12}$/.test(text)) {
    const within = `%${text}%`
    return [sql`f.account_id = ${text}`, sql`${SEARCHED} ILIKE ${within}`, wordMatches(text)]
  }
  if (text.startsWith('arn:')) {
    const name = resourceNameOf(text)
    const named = name === text ? sql`TRUE` : sql`${SEARCHED} ILIKE ${`${likeText(name)}%`}`
    // It may be of who acted or has access.
    return [sql`(${named} AND f.resource_id ILIKE ${`${likeText(text)}%`})`, wordMatches(text)]
  }
  const named =
    [...text].length >= 3
      ? sql`${SEARCHED} ILIKE ${`%${likeText(text)}%`}`
      : sql`(${SEARCHED} ILIKE ${`${likeText(text)}%`} OR ${SEARCHED} ILIKE ${`% ${likeText(text)}%`})`
  // The words of an incident are longer than a trigram.
  return [...text].length >= 3 ? [named, wordMatches(text)] : [named]
}

/** Findings with the text among the words of an incident. Written as in the partial index. */
export function wordMatches(text: string): Sql {
  return sql`(f.terms <> '' AND f.terms ILIKE ${`%${likeText(text)}%`})`
}

/** More texts than this are looked up for each row instead of being listed in the query. */
const MAX_LISTED_TEXTS = 1_000
const KINDS = sql`t.kind IN ('line', 'tag')`

/**
 * Findings with a line of a description or a tag that contains the text. Stored lines do not contain the name of the resource: a
 * text with one matches the line without it, of a resource of that name.
 */
async function describedMatches(text: string): Promise<Alternative[]> {
  const matches: Alternative[] = []
  const lines = storedTexts(text)
  if (lines) {
    const rows = await readPrimary<{ id: string }>(
      sql`SELECT t.id::text AS id FROM search_text t WHERE ${lines} LIMIT ${MAX_LISTED_TEXTS + 1}`,
    )
    if (rows.length > MAX_LISTED_TEXTS)
      matches.push({
        condition: sql`EXISTS (SELECT FROM unnest(f.search_keys) AS k(id) WHERE k.id IN (SELECT t.id FROM search_text t WHERE ${lines}))`,
        few: false,
      })
    else if (rows.length > 0) {
      const ids = rows.map(row => row.id)
      matches.push({ condition: sql`f.search_keys && ${ids}::bigint[]`, few: await haveFew(ids), severe: true })
    }
  }
  const words = nameWords(text)
  if (words.length === 0) return matches
  const rows = await readPrimary<{ id: string; word: string }>(sql`
    SELECT t.id::text AS id, w.word FROM unnest(${words}::text[], ${words.map(word => `%${likeText(text.replaceAll(word, MASK))}%`)}::text[]) AS w(word, pattern)
    CROSS JOIN LATERAL (SELECT t.id FROM search_text t WHERE ${KINDS} AND t.text ILIKE w.pattern LIMIT ${MAX_LISTED_TEXTS}) AS t`)
  for (const word of words) {
    const ids = rows.filter(row => row.word === word).map(row => row.id)
    if (ids.length > 0)
      matches.push({
        condition: sql`(${SEARCHED} ILIKE ${`%${likeText(resourceNameOf(word))}%`} AND f.search_keys && ${ids}::bigint[])`,
        few: false,
        severe: true,
      })
  }
  return matches
}

/** The stored texts that contain a text; null where it is too short. */
function storedTexts(text: string): Sql | null {
  const characters = [...text]
  const within = sql`${KINDS} AND t.text ILIKE ${`%${likeText(text)}%`}`
  if (characters.length >= 3) return within
  const isWide = Buffer.byteLength(text) > text.length
  // Written as in the index of pairs.
  return characters.length === 2 && isWide
    ? sql`octet_length(t.text) > length(t.text) AND search_pairs(t.text) @> ARRAY[lower(${text})] AND ${within}`
    : null
}

/** The words of a sentence that may be the name of a resource in it, at most eight. */
function nameWords(text: string): string[] {
  const words = text.split(/\s+/).map(word => word.replace(/^["'(]+|[."',;:)]+$/g, ''))
  if (words.length < 2) return []
  const named = words.filter(word => word.length >= 4 && word.length + 4 <= text.length)
  return [...new Set(named)].sort((a, b) => b.length - a.length).slice(0, 8)
}

/** More titles than this are looked up for each row instead of being listed in the query. */
const MAX_LISTED_TITLES = 1_000
/** Up to so many controls are scanned one by one, each in index order. */
const MAX_SCANNED_CONTROLS = 12

function titlesOf(text: string): Sql {
  const pattern = `%${likeText(text)}%`
  const kinds = accessKindsTitled(text).map(
    ({ control, beginning }) => sql`(control = ${control} AND title LIKE ${`${likeText(beginning)}%`})`,
  )
  return sql`SELECT control, title FROM control_title WHERE title ILIKE ${pattern} OR control ILIKE ${pattern}
    OR control = ANY(${controlsTitled(text)}::text[])${Prisma.join([Prisma.empty, ...kinds], ' OR ')}`
}

/**
 * The titles are read first, so that the planner knows how many findings they select. Where all titles of a control match, the control
 * alone selects its findings, and its index has them in order.
 */
async function titleMatches(text: string): Promise<Sql[] | 'many'> {
  const rows = await readPrimary<{ control: string; title: string; whole: boolean }>(sql`
    WITH matching AS (${titlesOf(text)} LIMIT ${MAX_LISTED_TITLES + 1})
    SELECT m.control, m.title, m.n = (SELECT count(*) FROM control_title o WHERE o.control = m.control) AS whole
    FROM (SELECT *, count(*) OVER (PARTITION BY control) AS n FROM matching) AS m`)
  if (rows.length > MAX_LISTED_TITLES) return 'many'
  const byControl = new Map<string, { titles: string[]; whole: boolean }>()
  for (const { control, title, whole } of rows) {
    const found = byControl.get(control)
    if (found) found.titles.push(title)
    else byControl.set(control, { titles: [title], whole })
  }
  if (byControl.size <= MAX_SCANNED_CONTROLS) {
    return [...byControl].map(([control, { titles, whole }]) =>
      whole
        ? among(sql`f.control`, [control])
        : sql`${among(sql`f.control`, [control])} AND ${among(sql`f.title`, titles)}`,
    )
  }
  const titles = [...new Set(rows.map(row => row.title))]
  return [sql`${among(sql`f.control`, [...byControl.keys()])} AND ${among(sql`f.title`, titles)}`]
}
